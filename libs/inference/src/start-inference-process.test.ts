import { InvalidArgumentError, ShapeError, UnavailableError } from '@outsider/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyActivations, tinyBackbone } from '../fixtures/tiny-backbone.ts';
import { openSession } from './open-session.ts';
import { startInferenceProcess, type InferenceProcess } from './start-inference-process.ts';

const { images, count } = tinyActivations;

describe('startInferenceProcess', () => {
  let inference: InferenceProcess;
  const restarts: string[] = [];
  beforeAll(async () => {
    inference = await startInferenceProcess(tinyBackbone, { threads: 1, onRestart: (reason) => restarts.push(reason) });
  });
  afterAll(() => inference.close());

  it('answers as a session in this process does, to the bit', async () => {
    const session = await openSession(tinyBackbone, { threads: 1 });
    expect(await inference.run(images, count)).toEqual(await session.run(images, count));
    expect(inference.metadata).toEqual(session.metadata);
    expect(inference.imageLength).toBe(session.imageLength);
    await session.close();
  });

  it('answers each of many calls with its own images', async () => {
    const length = inference.imageLength;
    const answers = await Promise.all(
      [0, 1, 2].map((i) => inference.run(images.subarray(i * length, (i + 1) * length), 1, ['logits'])),
    );
    answers.forEach(({ logits }, i) => {
      for (let c = 0; c < 3; c++) expect(logits![c]).toBeCloseTo(tinyActivations.logits[i * 3 + c], 4);
    });
  });

  it('refuses a wrong batch and goes on', async () => {
    await expect(inference.run(images, count + 1)).rejects.toThrow(ShapeError);
    await expect(inference.run(images, count)).resolves.toHaveProperty('logits');
  });

  it('fails the calls under way when the process dies, and answers again after', async () => {
    const killed = inference.pid!;
    const large = new Float32Array(512 * inference.imageLength);
    const lost = Promise.allSettled([inference.run(large, 512), inference.run(large, 512)]);
    await new Promise((resolve) => setImmediate(resolve));
    process.kill(killed, 'SIGKILL');
    for (const outcome of await lost) {
      expect(outcome.status).toBe('rejected');
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(UnavailableError);
    }
    await expect(inference.run(images, count)).resolves.toHaveProperty('logits');
    expect(inference.pid).not.toBe(killed);
    expect(restarts).toEqual(['it ended with SIGKILL']);
  });

  it('refuses a file that is no network, and calls after it was closed', async () => {
    await expect(startInferenceProcess(new TextEncoder().encode('nothing'))).rejects.toThrow(InvalidArgumentError);
    const other = await startInferenceProcess(tinyBackbone, { threads: 1 });
    await other.close();
    await expect(other.run(images, count)).rejects.toThrow(UnavailableError);
  });
});
