import { describe, expect, it } from 'vitest';
import { NotFoundError, UnavailableError } from '@outsider/domain';
import { createLogger } from '@outsider/runtime';
import type { LoadedVersion } from './load-version.ts';
import { createVersionPool } from './version-pool.ts';

const logger = createLogger({ name: 'test', level: 'silent' });

/** A pool whose versions are loaded in no time, and which tells what was loaded and unloaded. */
function pool(maxVersions: number) {
  const events: string[] = [];
  const load = async (digest: string): Promise<LoadedVersion> => {
    events.push(`+${digest}`);
    if (digest === 'missing') throw new NotFoundError('backbone version', digest);
    return { digest, pid: 1, close: async () => void events.push(`-${digest}`) } as unknown as LoadedVersion;
  };
  return { events, pool: createVersionPool({ load, maxVersions, logger }) };
}

async function use(from: ReturnType<typeof pool>, digest: string): Promise<void> {
  (await from.pool.acquire(digest)).release();
}

describe('createVersionPool', () => {
  it('loads a version once for simultaneous callers', async () => {
    const versions = pool(2);
    await Promise.all([use(versions, 'a'), use(versions, 'a'), use(versions, 'a')]);
    expect(versions.events).toEqual(['+a']);
    expect(versions.pool.list()).toEqual([{ digest: 'a', ready: true, pid: 1 }]);
  });

  it('unloads what was used longest ago', async () => {
    const versions = pool(2);
    for (const digest of ['a', 'b', 'a', 'c']) await use(versions, digest);
    await versions.pool.close();
    expect(versions.events.slice(0, 4)).toEqual(['+a', '+b', '+c', '-b']);
  });

  it('never unloads what is in use or pinned', async () => {
    const versions = pool(1);
    const lease = await versions.pool.acquire('a');
    versions.pool.pin('b');
    await use(versions, 'b');
    await use(versions, 'c');
    expect(versions.pool.list().map(({ digest }) => digest)).toEqual(['a', 'b']);
    lease.release();
    lease.release();
    expect(versions.pool.list().map(({ digest }) => digest)).toEqual(['b']);
  });

  it('tells every caller why a load failed, and tries anew for the next', async () => {
    const versions = pool(2);
    const both = await Promise.allSettled([versions.pool.acquire('missing'), versions.pool.acquire('missing')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(versions.pool.acquire('missing')).rejects.toThrow(NotFoundError);
    expect(versions.events).toEqual(['+missing', '+missing']);
    expect(versions.pool.list()).toEqual([]);
  });

  it('unloads everything when it closes, and loads nothing more', async () => {
    const versions = pool(2);
    await use(versions, 'a');
    await use(versions, 'b');
    await versions.pool.close();
    expect(versions.events.toSorted()).toEqual(['+a', '+b', '-a', '-b']);
    await expect(versions.pool.acquire('a')).rejects.toThrow(UnavailableError);
  });
});
