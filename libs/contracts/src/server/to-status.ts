import { randomUUID } from 'node:crypto';
import { status, type StatusObject } from '@grpc/grpc-js';
import { DomainError } from '@outsider/domain';
import { toServiceStatus } from '../errors/to-service-status.ts';
import type { CallLogger } from './call.ts';

/**
 * The status of a failed call. A domain error is the caller's to read. Anything else is a defect of ours: logged in
 * full under an id, of which alone the caller hears.
 */
export function toStatus(error: unknown, method: string, logger: CallLogger): StatusObject {
  if (error instanceof DomainError) return toServiceStatus(error);
  return {
    code: status.INTERNAL,
    details: reportDefect(error, method, logger),
    metadata: null,
  } as unknown as StatusObject;
}

/** Logs a defect and returns the sentence for the caller. */
export function reportDefect(error: unknown, method: string, logger: CallLogger): string {
  const errorId = randomUUID();
  logger.error({ err: error, errorId, method }, 'a call failed in an unforeseen way');
  return `internal error; the service's log has more under ${errorId}`;
}
