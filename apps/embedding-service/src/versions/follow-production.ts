import { FailedPreconditionError, type Digest } from '@outsider/domain';
import type { Logger } from '@outsider/runtime';
import type { VersionPool } from './version-pool.ts';

/** The version that answers when a caller names none. */
export interface Production {
  /** Resolves when the store has answered once and what was in production then is warm, or could not be loaded. */
  readonly ready: Promise<void>;
  /** @throws {FailedPreconditionError} when nothing is in production */
  current(): Promise<Digest>;
  stop(): void;
}

export interface FollowProductionSettings {
  /** Digest of the version in production that was promoted last; undefined when nothing is. */
  readonly findProduction: () => Promise<Digest | undefined>;
  readonly pool: VersionPool;
  readonly logger: Logger;
  /** Default 2 s. */
  readonly intervalMs?: number;
}

/**
 * Follows promotions: loads and warms a newly promoted version while the old one answers, and only then changes over,
 * so that no call fails or waits. A version that cannot be loaded leaves the old one in place and is tried again.
 */
export function followProduction({
  findProduction,
  pool,
  logger,
  intervalMs = 2_000,
}: FollowProductionSettings): Production {
  let serving: Digest | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let complaint = '';
  const first = Promise.withResolvers<void>();

  async function look(): Promise<void> {
    try {
      const promoted = await findProduction();
      // From here on the store has answered: a version that cannot be loaded must not keep others from being asked for.
      await changeOver(promoted).finally(() => first.resolve());
      complaint = '';
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // Every two seconds the same would only fill the log.
      if (message !== complaint) logger.error({ err: error }, 'production cannot be followed now');
      complaint = message;
    }
    if (!stopped) timer = setTimeout(() => void look(), intervalMs);
  }

  async function changeOver(promoted: Digest | undefined): Promise<void> {
    if (promoted === serving || stopped) return;
    const lease = promoted === undefined ? undefined : await pool.acquire(promoted);
    serving = promoted;
    // Before the release: with room for one version, the newcomer would otherwise be unloaded to keep the old one.
    pool.pin(promoted);
    lease?.release();
    logger.info({ version: promoted ?? null }, 'in production');
  }

  void look();
  return {
    ready: first.promise,
    async current() {
      // Nothing known: perhaps the first promotion was a moment ago.
      const digest = serving ?? (await findProduction());
      if (digest === undefined) {
        throw new FailedPreconditionError('nothing is in production: promote a bundle, or name a backbone_version', {
          reason: 'NOTHING_IN_PRODUCTION',
        });
      }
      return digest;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
