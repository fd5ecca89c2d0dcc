import { CancelledError, ResourceExhaustedError, UnavailableError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { createBatcher } from './batcher.ts';

/** Squares numbers, one batch at a time, each released by hand. */
function manualRun() {
  const batches: number[][] = [];
  const release: (() => void)[] = [];
  const run = async (items: readonly number[]) => {
    batches.push([...items]);
    await new Promise<void>((resolve) => release.push(resolve));
    return items.map((item) => item ** 2);
  };
  return { run, batches, release };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('createBatcher', () => {
  it('fills a batch and starts the rest as soon as it is done', async () => {
    const { run, batches, release } = manualRun();
    const batcher = createBatcher({ run, maxBatch: 3, maxDelayMs: 60_000, maxQueued: 10 });
    const answers = Promise.all([1, 2, 3, 4, 5].map((item) => batcher.submit(item)));
    await turn();
    expect(batches).toEqual([[1, 2, 3]]);
    expect(batcher.queued).toBe(2);
    release[0]();
    batcher.close();
    await turn();
    release[1]();
    expect((await answers).map(({ result, batchSize }) => [result, batchSize])).toEqual([
      [1, 3],
      [4, 3],
      [9, 3],
      [16, 2],
      [25, 2],
    ]);
  });

  it('does not wait longer than the delay for company', async () => {
    const batcher = createBatcher({
      run: async (items: readonly number[]) => items,
      maxBatch: 8,
      maxDelayMs: 5,
      maxQueued: 10,
    });
    const [one, two] = await Promise.all([batcher.submit(1), batcher.submit(2)]);
    expect([one.batchSize, two.batchSize]).toEqual([2, 2]);
    expect(one.queueMs).toBeGreaterThanOrEqual(4);
    expect(one.inferenceMs).toBeGreaterThanOrEqual(0);
  });

  it('refuses what exceeds the queue', async () => {
    const { run, release } = manualRun();
    const batcher = createBatcher({ run, maxBatch: 1, maxDelayMs: 0, maxQueued: 2 });
    const accepted = [batcher.submit(1), batcher.submit(2), batcher.submit(3)];
    await expect(batcher.submit(4)).rejects.toThrow(ResourceExhaustedError);
    for (let i = 0; i < 3; i++) {
      release[i]();
      await accepted[i];
    }
  });

  it('takes a cancelled item out of the queue, and leaves a started one alone', async () => {
    const { run, batches, release } = manualRun();
    const batcher = createBatcher({ run, maxBatch: 1, maxDelayMs: 0, maxQueued: 5 });
    const [started, waiting] = [new AbortController(), new AbortController()];
    const first = batcher.submit(1, started.signal);
    const second = batcher.submit(2, waiting.signal);
    const third = batcher.submit(3);
    started.abort();
    waiting.abort();
    await expect(second).rejects.toThrow(CancelledError);
    release[0]();
    expect((await first).result).toBe(1);
    await turn();
    release[1]();
    expect((await third).result).toBe(9);
    expect(batches).toEqual([[1], [3]]);
    await expect(batcher.submit(4, AbortSignal.abort())).rejects.toThrow(CancelledError);
  });

  it('fails a whole batch with its run, and goes on', async () => {
    let calls = 0;
    const run = async (items: readonly number[]) => {
      if (calls++ === 0) throw new UnavailableError('gone');
      return items;
    };
    const batcher = createBatcher({ run, maxBatch: 2, maxDelayMs: 0, maxQueued: 5 });
    const outcomes = await Promise.allSettled([batcher.submit(1), batcher.submit(2)]);
    expect(outcomes.map(({ status }) => status)).toContain('rejected');
    expect((await batcher.submit(3)).result).toBe(3);
  });

  it('finishes what it accepted before it closes, and accepts nothing more', async () => {
    const { run, release } = manualRun();
    const batcher = createBatcher({ run, maxBatch: 4, maxDelayMs: 60_000, maxQueued: 5 });
    const accepted = batcher.submit(3);
    const closed = batcher.close();
    await expect(batcher.submit(4)).rejects.toThrow(UnavailableError);
    await turn();
    release[0]();
    expect((await accepted).result).toBe(9);
    await closed;
  });
});
