import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openArtifactStore } from '@outsider/artifacts';
import { exportBackbone, getArchitecture, randomWeights } from '@outsider/finetuning';
import { preprocessingDigest } from '@outsider/images';
import { openSession } from '@outsider/inference';
import { expect, it } from 'vitest';
import { drawPhoto } from '../../tests/draw-photos.ts';
import { frozenFeatures } from './frozen-features.ts';
import { openPhotoLoader } from './photo-loader.ts';

it(
  'keeps features, gives the same from the cache, and computes a damaged cache anew',
  { timeout: 60_000 },
  async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'frozen-features-'));
    const artifacts = await openArtifactStore(path.join(folder, 'artifacts'));
    const tiny = getArchitecture('tiny');
    const photos = openPhotoLoader(artifacts, tiny.preprocessing);
    const session = await openSession(exportBackbone(tiny, randomWeights(tiny.graph, 1)));
    // More than one batch.
    const stored = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => artifacts.putBytes(await drawPhoto(`${i}`))),
    );
    const request = {
      contentDigests: stored.map(({ digest }) => digest),
      preprocessingDigest: preprocessingDigest(tiny.preprocessing),
      weightsDigest: 'a'.repeat(64),
    };
    const compute = () => frozenFeatures(session, photos, folder, request, () => undefined);

    const first = await compute();
    expect(first).toMatchObject({ cached: false, dimension: 64 });
    const image = await photos.load([request.contentDigests[17]]);
    const { pooled } = await session.run(image, 1, ['pooled']);
    pooled!.forEach((value, j) => expect(first.values[17 * 64 + j]).toBeCloseTo(value, 5));

    expect(await compute()).toEqual({ ...first, cached: true });
    const [file] = await readdir(path.join(folder, 'features'));
    await writeFile(path.join(folder, 'features', file), 'not an array');
    expect(await compute()).toEqual(first);
    await photos.close();
    await session.close();
  },
);
