import { decodeNpy, encodeNpy, encodeSafetensors, openArtifactStore, type ArtifactStore } from '@outsider/artifacts';
import { decodeModel, getDetector } from '@outsider/detectors';
import { CancelledError, CorruptDataError, NotFoundError, type Layer } from '@outsider/domain';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classes, syntheticActivations } from '../../tests/synthetic-activations.ts';
import type { FitTask } from './fit-task.ts';
import { checkMethods } from './plan-fits.ts';
import { runFitProcess } from './run-fit-process.ts';

const backboneVersion = 'a'.repeat(64);
let folder: string;
let store: ArtifactStore;
let task: FitTask;
const snapshot = syntheticActivations();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'outsider-fit-'));
  store = await openArtifactStore(folder);
  const activationSets = await Promise.all(
    Object.entries(snapshot.byLayer).map(async ([layer, { dimension, data }]) => {
      const { digest } = await store.putBytes(encodeNpy({ shape: [data.length / dimension, dimension], data }));
      return { layer: layer as Layer, artifact: digest };
    }),
  );
  const { dimension } = snapshot.byLayer.relevant_layer;
  const head = await store.putBytes(
    encodeSafetensors({
      tensors: {
        'output_layer.weight': { shape: [dimension, classes.length], data: snapshot.outputLayer.weight },
        'output_layer.bias': { shape: [classes.length], data: snapshot.outputLayer.bias },
      },
    }),
  );
  task = {
    artifactsDir: folder,
    backboneVersion,
    activationSets,
    headArtifact: head.digest,
    rows: snapshot.rows,
    classes: classes.length,
    fits: checkMethods([{ name: 'knn', options: { k: 5 } }, { name: 'energy' }, { name: 'fdbd' }]),
    seed: 3,
  };
});

afterAll(() => rm(folder, { recursive: true }));

function run(change: Partial<FitTask> = {}, signal = new AbortController().signal) {
  return runFitProcess({ ...task, ...change }, { signal, onProgress: () => undefined });
}

describe('runFitProcess', () => {
  it('stores models and the scores that they give to every photo', async () => {
    const { fitted, notFitted } = await run();
    expect(notFitted).toEqual([]);
    expect(fitted.map(({ method }) => method)).toEqual(['knn', 'energy', 'fdbd']);

    const byLayer = Object.fromEntries(
      Object.entries(snapshot.byLayer).map(([layer, { dimension, data }]) => [
        layer,
        { rows: data.length / dimension, cols: dimension, data },
      ]),
    );
    for (const { method, modelArtifact, scoresArtifact, stateBytes } of fitted) {
      const bytes = await store.getBytes(modelArtifact);
      const { header, model } = decodeModel(bytes);
      expect(header).toMatchObject({ detector: method, backboneVersion });
      expect(bytes.length).toBe(stateBytes);
      const { data: scores } = decodeNpy(await store.getBytes(scoresArtifact));
      expect(scores).toEqual(getDetector(method).score(model, { byLayer }));
    }
  });

  it('fits on the split train alone where a method needs no irrelevant photos', async () => {
    const { fitted } = await run({ fits: checkMethods([{ name: 'knn', options: { k: 1 } }]) });
    const { data: scores } = decodeNpy(await store.getBytes(fitted[0].scoresArtifact));
    const trained = snapshot.rows.map(({ split }) => split === 'train');
    // A bank's own rows are their own nearest neighbours.
    const own = scores.filter((_, i) => trained[i]);
    const others = scores.filter((_, i) => !trained[i]);
    expect(Math.max(...own)).toBeLessThan(Math.min(...others));
  });

  it('reports methods that refuse their data, each with its reason', async () => {
    const [first] = snapshot.rows.keys();
    const rows = snapshot.rows.map((row, i) => ({ ...row, split: i === first ? row.split : ('test' as const) }));
    const { fitted, notFitted } = await run({ rows });
    expect(fitted).toEqual([]);
    expect(notFitted.map(({ method }) => method)).toEqual(['knn', 'energy', 'fdbd']);
    for (const { reason } of notFitted) expect(reason).toContain('needs at least 2 samples, got 1');
  });

  it('is cancelled in the middle', async () => {
    const abort = new AbortController();
    const failure = runFitProcess(task, { signal: abort.signal, onProgress: () => abort.abort() });
    await expect(failure).rejects.toThrow(CancelledError);
  });

  it('refuses activations that are not what their record says', async () => {
    const { digest } = await store.putBytes(encodeNpy({ shape: [2, 3], data: new Float32Array(6) }));
    const failure = run({ activationSets: [{ layer: 'pooled', artifact: digest }] });
    await expect(failure).rejects.toThrow(CorruptDataError);
  });

  it('refuses an output layer that does not make the logits', async () => {
    const { dimension } = snapshot.byLayer.relevant_layer;
    const { digest } = await store.putBytes(
      encodeSafetensors({
        tensors: {
          'output_layer.weight': { shape: [dimension, 2], data: new Float32Array(dimension * 2) },
          'output_layer.bias': { shape: [2], data: new Float32Array(2) },
        },
      }),
    );
    await expect(run({ headArtifact: digest })).rejects.toThrow('do not belong together');
  });

  it('names an artifact that is gone', async () => {
    const failure = run({ activationSets: [{ layer: 'pooled', artifact: 'f'.repeat(64) }] });
    await expect(failure).rejects.toThrow(NotFoundError);
    await expect(failure).rejects.toThrow('f'.repeat(64));
  });
});
