import { UnavailableError } from '@outsider/domain';
import { setTimeout as delay } from 'node:timers/promises';

const retryMs = 500;

/**
 * Does `work` again while the store is away: a job of hours must not fail because the store restarted. Whether the job
 * is still this worker's is for the store to say when it is back.
 *
 * @throws what `work` throws otherwise, and when `signal` aborts
 */
export async function outlastStoreOutage<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const away = error instanceof UnavailableError && error.details.reason === 'STORE_UNREACHABLE';
      if (!away || signal.aborted) throw error;
      await delay(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
