import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mapAsReady } from './map-as-ready.ts';

function gates(count: number) {
  return Array.from({ length: count }, () => Promise.withResolvers<void>());
}

async function* numbers(count: number, taken: number[] = []) {
  for (let i = 0; i < count; i++) {
    taken.push(i);
    yield i;
  }
}

describe('mapAsReady', () => {
  it('answers every item once', async () => {
    const results = await Array.fromAsync(
      mapAsReady(numbers(100), 7, async (i) => {
        await sleep((i * 7) % 5);
        return i;
      }),
    );
    expect(results.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('yields what is ready first', async () => {
    const waits = gates(3);
    const results = mapAsReady(numbers(3), 3, async (i) => {
      await waits[i]?.promise;
      return i;
    });
    const order: number[] = [];
    for (const i of [2, 0, 1]) {
      waits[i]?.resolve();
      order.push((await results.next()).value as number);
    }
    expect(order).toEqual([2, 0, 1]);
    expect((await results.next()).done).toBe(true);
  });

  it('takes no more from the source than the window, until results are consumed', async () => {
    const taken: number[] = [];
    const results = mapAsReady(numbers(100, taken), 4, async (i) => i);
    await results.next();
    await sleep(20);
    expect(taken.length).toBeLessThanOrEqual(4);
    await results.next();
    await results.next();
    await sleep(20);
    expect(taken.length).toBeLessThanOrEqual(6);
    await results.return();
  });

  it('throws what the source throws, after the answers to earlier items', async () => {
    async function* failing() {
      yield 1;
      yield 2;
      throw new Error('the caller is gone');
    }
    const seen: number[] = [];
    const drain = async () => {
      for await (const i of mapAsReady(failing(), 8, async (i) => (await sleep(10), i))) seen.push(i);
    };
    await expect(drain()).rejects.toThrow('the caller is gone');
    expect(seen).toEqual([1, 2]);
  });

  it('lets the source finish when the consumer leaves', async () => {
    const finished = Promise.withResolvers<void>();
    async function* endless() {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        finished.resolve();
      }
    }
    for await (const _ of mapAsReady(endless(), 2, async (i) => i)) break;
    await finished.promise;
  });
});
