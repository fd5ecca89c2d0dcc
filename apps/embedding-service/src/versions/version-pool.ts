import { UnavailableError, type Digest } from '@outsider/domain';
import type { Logger } from '@outsider/runtime';
import type { LoadedVersion } from './load-version.ts';

/** A version in use: it is not unloaded before `release`. */
export interface VersionLease {
  readonly version: LoadedVersion;
  release(): void;
}

/** What is loaded, and how far it is. */
export interface VersionStatus {
  readonly digest: Digest;
  readonly ready: boolean;
  readonly pid: number | undefined;
}

/** Backbone versions, loaded when asked for; those unused for longest make room for others. */
export interface VersionPool {
  /** Loads the version unless it is loaded; simultaneous callers share one load. Rejects as the load does. */
  acquire(digest: Digest): Promise<VersionLease>;
  /** Keeps this version loaded, whatever else is asked for. Undefined: none. */
  pin(digest: Digest | undefined): void;
  list(): VersionStatus[];
  /** Lets versions finish what they have, then unloads all. */
  close(): Promise<void>;
}

interface Entry {
  readonly digest: Digest;
  readonly loading: Promise<LoadedVersion>;
  loaded: LoadedVersion | undefined;
  leases: number;
  lastUsed: number;
}

export interface VersionPoolSettings {
  readonly load: (digest: Digest) => Promise<LoadedVersion>;
  /** Versions kept loaded; more only while more are in use or pinned. */
  readonly maxVersions: number;
  readonly logger: Logger;
}

export function createVersionPool({ load, maxVersions, logger }: VersionPoolSettings): VersionPool {
  const entries = new Map<Digest, Entry>();
  const unloading = new Set<Promise<void>>();
  let pinned: Digest | undefined;
  let clock = 0;
  let closed = false;

  function start(digest: Digest): Entry {
    const entry: Entry = { digest, loading: load(digest), loaded: undefined, leases: 0, lastUsed: ++clock };
    entries.set(digest, entry);
    entry.loading.then(
      (version) => {
        entry.loaded = version;
        makeRoom();
      },
      () => entries.delete(digest), // the next caller tries anew
    );
    return entry;
  }

  function makeRoom(): void {
    const idle = [...entries.values()]
      .filter((entry) => entry.loaded && entry.leases === 0 && entry.digest !== pinned)
      .sort((a, b) => a.lastUsed - b.lastUsed);
    for (const entry of idle.slice(0, Math.max(0, entries.size - maxVersions))) unload(entry);
  }

  function unload(entry: Entry): void {
    entries.delete(entry.digest);
    const closing = entry.loading
      .then((version) => version.close())
      .catch((error: unknown) => logger.warn({ err: error, version: entry.digest }, 'could not be unloaded cleanly'))
      .finally(() => unloading.delete(closing));
    unloading.add(closing);
    logger.info({ version: entry.digest }, 'unloaded');
  }

  return {
    async acquire(digest) {
      if (closed) throw new UnavailableError('the service is stopping; call again');
      const entry = entries.get(digest) ?? start(digest);
      entry.leases++;
      entry.lastUsed = ++clock;
      let released = false;
      function release(): void {
        if (released) return;
        released = true;
        entry.leases--;
        if (!closed) makeRoom();
      }
      try {
        return { version: await entry.loading, release };
      } catch (error) {
        release();
        throw error;
      }
    },
    pin(digest) {
      pinned = digest;
      makeRoom();
    },
    list: () =>
      [...entries.values()].map(({ digest, loaded }) => ({ digest, ready: loaded !== undefined, pid: loaded?.pid })),
    async close() {
      closed = true;
      for (const entry of entries.values()) unload(entry);
      await Promise.all(unloading);
    },
  };
}
