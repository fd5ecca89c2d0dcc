import { describe, expect, it } from 'vitest';
import { setImmediate as turn } from 'node:timers/promises';

import { mapConcurrent } from './map-concurrent.ts';

/** Takes longer for even numbers, so that results come in another order than they are started. */
async function waitTurns(i: number): Promise<void> {
  for (let k = 0; k < (i % 2 === 0 ? 20 : 1); k++) await turn();
}

describe('mapConcurrent', () => {
  it.each([1, 3, 100])('yields in order, with at most %i under way', async (concurrency) => {
    let running = 0;
    let most = 0;
    const results: number[] = [];
    const squares = mapConcurrent(Array.from({ length: 20 }).keys(), concurrency, async (i) => {
      most = Math.max(most, ++running);
      await waitTurns(i);
      running--;
      return i * i;
    });
    for await (const square of squares) results.push(square);
    expect(results).toEqual(Array.from({ length: 20 }, (_, i) => i * i));
    expect(most).toBe(Math.min(concurrency, 20));
  });

  it('starts nothing more after a failure, and waits for what is under way', async () => {
    const started: number[] = [];
    let running = 0;
    async function consume(): Promise<void> {
      const results = mapConcurrent(Array.from({ length: 50 }).keys(), 4, async (i) => {
        started.push(i);
        running++;
        await waitTurns(i);
        running--;
        if (i === 5) throw new Error('five');
        return i;
      });
      for await (const _ of results);
    }
    await expect(consume()).rejects.toThrow('five');
    expect(started.length).toBeLessThan(10);
    expect(running).toBe(0);
  });

  it('waits for what is under way when the consumer leaves', async () => {
    let running = 0;
    const results = mapConcurrent([0, 2, 4, 6], 3, async (i) => {
      running++;
      await waitTurns(i);
      running--;
    });
    for await (const _ of results) break;
    expect(running).toBe(0);
  });
});
