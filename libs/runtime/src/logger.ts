import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerSettings {
  /** The program's name, such as `embedding-service`. */
  readonly name: string;
  readonly level?: LogLevel;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/**
 * One JSON object a line, on standard output, with the time in ISO 8601. Tokens and passwords never appear.
 *
 * Written at once: what pino would write later it would, at exit, try for ever to write to a reader that is gone.
 */
export function createLogger({ name, level = 'info', destination }: LoggerSettings): Logger {
  const options = {
    name,
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: ['token', 'password', 'authorization', '*.token', '*.password', '*.authorization'], censor: '…' },
  };
  return pino(options, destination ?? pino.destination({ dest: process.stdout.fd, sync: true }));
}
