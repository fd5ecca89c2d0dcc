import { CorruptDataError, InvalidArgumentError, UnavailableError } from '@outsider/domain';
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scatter } from '../../fixtures/scattered-weights.ts';
import type { Architecture } from '../architectures/architecture.ts';
import { getArchitecture } from '../architectures/architecture.ts';
import { composeLayers } from '../graph/compose-layers.ts';
import { fetchBackboneWeights } from './fetch-backbone-weights.ts';
import { kerasFiles } from './keras-files.ts';
import { randomWeights } from './random-weights.ts';
import type { WeightSource } from './weight-sources.ts';

const tiny = getArchitecture('tiny');
const oldest = fileURLToPath(new URL('../fixtures/keras-oldest.h5', import.meta.url));

const good: WeightSource = { description: 'good', load: async ({ graph }) => randomWeights(graph, 7) };
const absent: WeightSource = { description: 'absent', load: async () => undefined };
const failing = (error: Error): WeightSource => ({ description: 'failing', load: () => Promise.reject(error) });
const unreachable = failing(new UnavailableError('the first host does not answer'));

let cacheDir: string;
beforeEach(async () => void (cacheDir = await mkdtemp(join(tmpdir(), 'weights-'))));
afterEach(() => rm(cacheDir, { recursive: true }));

describe('fetchBackboneWeights', () => {
  it('passes over a source that cannot be reached, says why, and says whose weights it took', async () => {
    const notes: string[] = [];
    const fetched = await fetchBackboneWeights(tiny, {
      cacheDir,
      sources: [absent, unreachable, good],
      onNote: (note) => notes.push(note),
    });
    expect(fetched.source).toBe('good');
    expect(fetched.weights).toEqual(randomWeights(tiny.graph, 7));
    expect(fetched.architecture).toEqual(tiny);
    expect(notes).toEqual(['the first host does not answer']);
  });

  it('says what the weights of a source expect of an image', async () => {
    const preprocessing = { ...tiny.preprocessing, scale: 1 / 255 };
    const { architecture } = await fetchBackboneWeights(tiny, { cacheDir, sources: [{ ...good, preprocessing }] });
    expect(architecture).toEqual({ ...tiny, preprocessing });
  });

  it('never takes another source where one holds something wrong', async () => {
    const corrupt = failing(new CorruptDataError('not what its digest says'));
    await expect(fetchBackboneWeights(tiny, { cacheDir, sources: [corrupt, good] })).rejects.toThrow(
      'not what its digest says',
    );
    const other: WeightSource = { description: 'weights of another network', load: async () => new Map() };
    await expect(fetchBackboneWeights(tiny, { cacheDir, sources: [other, good] })).rejects.toThrow(
      'weights of another network: these are not weights of tiny',
    );
  });

  it('names every source that it tried in vain', async () => {
    const second = failing(new UnavailableError('nor does the second'));
    const attempt = fetchBackboneWeights(tiny, { cacheDir, sources: [absent, unreachable, second] });
    await expect(attempt).rejects.toThrow(UnavailableError);
    await expect(attempt).rejects.toThrow('no weights for tiny: the first host does not answer; nor does the second');
  });

  it.each(['vgg16', 'inception_v3', 'resnet50'] as const)(
    'refuses a file in the folder that is not the official one of %s',
    async (name) => {
      const { file } = kerasFiles[name];
      await writeFile(join(cacheDir, file), 'something else');
      await expect(fetchBackboneWeights(getArchitecture(name), { cacheDir })).rejects.toThrow(CorruptDataError);
      expect(await readdir(cacheDir)).toEqual([`${file}.corrupt`]);
    },
  );

  it('reads a file without a known digest from the folder, and refuses it by its shapes', async () => {
    await copyFile(oldest, join(cacheDir, kerasFiles.mobilenet_v2.file));
    await expect(fetchBackboneWeights(getArchitecture('mobilenet_v2'), { cacheDir })).rejects.toThrow(
      'these are not weights of mobilenet_v2: the weights lack',
    );
  });

  it("reads the caller's own Keras file", async () => {
    const net = composeLayers([8, 8, 2]);
    const graph = net.build({ pooled: net.batchNorm('bn1', net.conv('block1_conv1', net.image, 4, 3), 1e-3) });
    const own: Architecture = { ...tiny, name: 'own', graph };
    const { weights, source } = await fetchBackboneWeights(own, { cacheDir, weightsFile: oldest });
    expect(weights.get('block1_conv1/kernel')!.data).toEqual(scatter('block1_conv1_W_1:0', 72, -1, 1));
    expect(source).toMatch(/keras-oldest\.h5, sha-256 [0-9a-f]{64}$/);
    await expect(fetchBackboneWeights(own, { cacheDir, weightsFile: join(cacheDir, 'no.h5') })).rejects.toThrow(
      InvalidArgumentError,
    );
  });
});
