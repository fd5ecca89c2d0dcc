import { ShapeError } from '@outsider/domain';
import { expect, it } from 'vitest';
import { tinyActivations, tinyBackbone } from '../fixtures/tiny-backbone.ts';
import { batchImages } from './batch-images.ts';
import { openSession } from './open-session.ts';

it('gives every image its own rows of the batch, and a wrong image alone fails', async () => {
  const session = await openSession(tinyBackbone, { threads: 1 });
  const batcher = batchImages(session, { maxBatch: 3, maxDelayMs: 1000, maxQueued: 10 });
  const length = session.imageLength;
  const wrong = expect(batcher.submit(new Float32Array(length - 1))).rejects.toThrow(ShapeError);
  const answers = await Promise.all(
    [2, 0, 1].map((i) => batcher.submit(tinyActivations.images.subarray(i * length, (i + 1) * length))),
  );
  await wrong;
  [2, 0, 1].forEach((i, at) => {
    expect(answers[at].batchSize).toBe(3);
    const { relevant_layer: relevant } = answers[at].result;
    expect(relevant).toHaveLength(24);
    for (let j = 0; j < 24; j++) expect(relevant![j]).toBeCloseTo(tinyActivations.relevant_layer[i * 24 + j], 4);
  });
  await batcher.close();
  await session.close();
});
