/** The part of a logger that a health loop needs. */
export interface HealthLogger {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

export interface HealthLoopSettings {
  /** Asks what the service cannot do without; throws or hangs when that is gone. */
  readonly ping: () => Promise<unknown>;
  readonly setServing: (serving: boolean) => void;
  readonly logger: HealthLogger;
  /** Between the end of one ping and the next. Default 2 s. */
  readonly intervalMs?: number;
  /** A ping that takes longer has failed. Default 5 s. */
  readonly timeoutMs?: number;
}

export interface HealthLoop {
  /** No `setServing` is called any more. */
  stop(): void;
}

/**
 * Tells health checks whether the service can work: not serving when a ping fails, serving again when one succeeds.
 * The first ping is sent at once, so this also opens a service that has just started.
 */
export function startHealthLoop(settings: HealthLoopSettings): HealthLoop {
  const { ping, setServing, logger, intervalMs = 2_000, timeoutMs = 5_000 } = settings;
  let healthy: boolean | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function check(): Promise<void> {
    const failure = await failureOf(ping, timeoutMs);
    if (stopped) return;
    const now = failure === undefined;
    if (now !== healthy) {
      if (!now) logger.warn({ err: failure.error }, 'not serving: what the service needs does not answer');
      else if (healthy === false) logger.info({}, 'serving again');
      setServing(now);
    }
    healthy = now;
    timer = setTimeout(() => void check(), intervalMs);
  }

  void check();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

async function failureOf(
  ping: () => Promise<unknown>,
  timeoutMs: number,
): Promise<{ readonly error: unknown } | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([ping(), timeout]);
    return undefined;
  } catch (error) {
    return { error };
  } finally {
    clearTimeout(timer);
  }
}
