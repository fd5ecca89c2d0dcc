import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inParallel } from './in-parallel.ts';

const limits = { window: 3, maxWeight: Infinity, weightOf: () => 1 };

async function* count(to: number, onRead: (i: number) => void = () => undefined) {
  for (let i = 0; i < to; i++) {
    onRead(i);
    yield i;
  }
}

async function collect<Result>(results: AsyncIterable<Result>): Promise<Result[]> {
  const all: Result[] = [];
  for await (const result of results) all.push(result);
  return all;
}

describe('inParallel', () => {
  it('gives one result for each input', async () => {
    const results = await collect(inParallel(count(50), async (i) => i * i, limits));
    expect(results.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i * i));
  });

  it('gives results as they are ready, not as they were asked for', async () => {
    const results = await collect(inParallel(count(3), (i) => delay(30 * (3 - i), i), limits));
    expect(results).toEqual([2, 1, 0]);
  });

  it('reads no further than its window', async () => {
    let under = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++under);
      await delay(1);
      under--;
    };
    await collect(inParallel(count(20), work, limits));
    expect(most).toBe(3);
  });

  it('does not read more while what is under way weighs too much', async () => {
    let under = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++under);
      await delay(1);
      under--;
    };
    await collect(inParallel(count(9), work, { window: 9, maxWeight: 20, weightOf: () => 10 }));
    expect(most).toBe(2);
  });

  it('gives what is ready before a failure of the inputs', async () => {
    async function* broken() {
      yield 1;
      await delay(5);
      throw new Error('the stream broke');
    }
    const results: number[] = [];
    await expect(
      (async () => {
        for await (const result of inParallel(broken(), async (i) => i, limits)) results.push(result);
      })(),
    ).rejects.toThrow('the stream broke');
    expect(results).toEqual([1]);
  });

  it('reads no more once nobody listens', async () => {
    const read: number[] = [];
    for await (const _ of inParallel(
      count(1000, (i) => read.push(i)),
      async (i) => i,
      limits,
    ))
      break;
    await delay(5);
    expect(read.length).toBeLessThan(10);
  });
});
