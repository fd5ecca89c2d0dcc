import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { FailedPreconditionError } from '@outsider/domain';
import { createLogger } from '@outsider/runtime';
import type { LoadedVersion } from './load-version.ts';
import { followProduction, type Production } from './follow-production.ts';
import { createVersionPool } from './version-pool.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const following: Production[] = [];

afterEach(() => {
  for (const production of following.splice(0)) production.stop();
});

/** Production as the store tells it, and loads that wait until the test lets them. */
function follow(promoted: string | undefined, works = true) {
  const store = { promoted, works };
  const loads = new Map<string, PromiseWithResolvers<void>>();
  const gate = (digest: string) => {
    if (!loads.has(digest)) loads.set(digest, Promise.withResolvers());
    return loads.get(digest) as PromiseWithResolvers<void>;
  };
  const pool = createVersionPool({
    load: async (digest) => {
      await gate(digest).promise;
      return { digest, close: async () => undefined } as unknown as LoadedVersion;
    },
    maxVersions: 1,
    logger,
  });
  const findProduction = async () => {
    if (!store.works) throw new Error('connection refused');
    return store.promoted;
  };
  const production = followProduction({ findProduction, pool, logger, intervalMs: 1 });
  following.push(production);
  return { store, gate, pool, production };
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await sleep(2);
}

describe('followProduction', () => {
  it('is ready when what is in production is warm', async () => {
    const { gate, production, pool } = follow('a');
    let ready = false;
    void production.ready.then(() => (ready = true));
    await sleep(10);
    expect(ready).toBe(false);
    gate('a').resolve();
    await production.ready;
    expect(await production.current()).toBe('a');
    expect(pool.list()).toMatchObject([{ digest: 'a', ready: true }]);
  });

  it('changes over to a new promotion only when that is warm', async () => {
    const { store, gate, production, pool } = follow('a');
    gate('a').resolve();
    await production.ready;
    store.promoted = 'b';
    await until(() => pool.list().length === 2);
    expect(await production.current()).toBe('a');
    gate('b').resolve();
    await until(async () => (await production.current()) === 'b');
    await until(() => pool.list().length === 1);
    expect(pool.list()).toMatchObject([{ digest: 'b', ready: true }]);
  });

  it('stays with the old version while the new one cannot be loaded, and while the store is gone', async () => {
    const { store, gate, production } = follow('a');
    gate('a').resolve();
    await production.ready;
    gate('b').promise.catch(() => undefined);
    gate('b').reject(new Error('damaged'));
    store.promoted = 'b';
    await sleep(20);
    expect(await production.current()).toBe('a');
    store.works = false;
    await sleep(20);
    expect(await production.current()).toBe('a');
  });

  it('is not ready before the store has answered', async () => {
    const { store, gate, production } = follow('a', false);
    gate('a').resolve();
    let ready = false;
    void production.ready.then(() => (ready = true));
    await sleep(20);
    expect(ready).toBe(false);
    store.works = true;
    await production.ready;
    expect(await production.current()).toBe('a');
  });

  it('knows a first promotion at once, and says when there is none', async () => {
    const { store, production } = follow(undefined);
    await production.ready;
    await expect(production.current()).rejects.toThrow(FailedPreconditionError);
    production.stop();
    store.promoted = 'a';
    expect(await production.current()).toBe('a');
  });
});
