import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { startHealthLoop, type HealthLoop } from './health-loop.ts';

const logger = { info: () => undefined, warn: () => undefined };
let loop: HealthLoop | undefined;

afterEach(() => loop?.stop());

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2);
}

describe('startHealthLoop', () => {
  it('serves while pings succeed, stops when one fails, and recovers by itself', async () => {
    const told: boolean[] = [];
    let works = true;
    const ping = async () => {
      if (!works) throw new Error('connect ECONNREFUSED');
    };
    loop = startHealthLoop({ ping, setServing: (serving) => told.push(serving), logger, intervalMs: 1 });
    await until(() => told.length === 1);
    works = false;
    await until(() => told.length === 2);
    works = true;
    await until(() => told.length === 3);
    expect(told).toEqual([true, false, true]);
  });

  it('takes a ping that hangs for a failed one', async () => {
    const told: boolean[] = [];
    loop = startHealthLoop({
      ping: () => new Promise(() => undefined),
      setServing: (serving) => told.push(serving),
      logger,
      intervalMs: 1,
      timeoutMs: 10,
    });
    await until(() => told.length === 1);
    expect(told).toEqual([false]);
  });

  it('says nothing more once stopped', async () => {
    const told: boolean[] = [];
    let answer = () => undefined as void;
    loop = startHealthLoop({
      ping: () => new Promise<void>((resolve) => (answer = resolve)),
      setServing: (serving) => told.push(serving),
      logger,
      intervalMs: 1,
    });
    loop.stop();
    answer();
    await sleep(10);
    expect(told).toEqual([]);
  });
});
