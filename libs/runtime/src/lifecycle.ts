import { DomainError } from '@outsider/domain';
import { onParentDeath } from './on-parent-death.ts';

/** The part of a logger that a lifecycle needs. */
export interface LifecycleLogger {
  info(facts: object, message: string): void;
  error(facts: object, message: string): void;
  fatal(facts: object, message: string): void;
}

export interface LifecycleSettings {
  readonly logger: LifecycleLogger;
  /** After this long the process ends, done or not. Default 9 s: a supervisor waits 10. */
  readonly graceMs?: number;
}

export interface Lifecycle {
  /** Aborted when the process is asked to stop. */
  readonly stopping: AbortSignal;
  /** Registers what to close. The last registered is closed first: register each thing right after making it. */
  onStop(name: string, close: () => Promise<unknown> | unknown): void;
  /** Closes everything and ends the process. */
  stop(reason: string, exitCode?: number): Promise<never>;
}

/**
 * Makes a service of this process: SIGTERM, SIGINT and the death of whoever started it close everything in order and
 * exit with 0; an error that nobody caught is logged, closes nothing, and exits with 1, so that a supervisor starts
 * afresh from a known state.
 *
 * Who started it is watched through its IPC channel, or else through a pipe or socket on standard input.
 */
export function startLifecycle({ logger, graceMs = 9_000 }: LifecycleSettings): Lifecycle {
  const stopping = new AbortController();
  const closers: { readonly name: string; readonly close: () => Promise<unknown> | unknown }[] = [];
  let stopped: Promise<never> | undefined;

  async function closeAll(reason: string, exitCode: number): Promise<never> {
    logger.info({ reason }, 'stopping');
    const insist = setTimeout(() => {
      logger.error({ graceMs }, 'did not stop in time');
      process.exit(1);
    }, graceMs);
    stopping.abort();
    for (const { name, close } of closers.toReversed()) {
      try {
        await close();
      } catch (error) {
        logger.error({ err: error, name }, 'could not be closed');
      }
    }
    clearTimeout(insist);
    logger.info({}, 'stopped');
    process.exit(exitCode);
  }

  function stop(reason: string, exitCode = 0): Promise<never> {
    return (stopped ??= closeAll(reason, exitCode));
  }

  function endAtOnce(error: unknown, origin: string): void {
    logger.fatal({ err: error, origin }, 'an error that nobody caught');
    process.exit(1);
  }

  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
  process.on('uncaughtException', endAtOnce);
  process.on('unhandledRejection', (error) => endAtOnce(error, 'unhandledRejection'));
  onParentDeath(() => void stop('whoever started this process is gone'));

  return {
    stopping: stopping.signal,
    onStop(name, close) {
      closers.push({ name, close });
    },
    stop,
  };
}

/** Runs a program's `main`. What it throws before it is up is one line for a person, and the exit code 1. */
export async function runProgram(logger: LifecycleLogger, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (error instanceof DomainError) logger.fatal({}, error.message);
    else logger.fatal({ err: error }, 'could not start');
    process.exit(1);
  }
}
