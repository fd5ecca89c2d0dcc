import { InvalidArgumentError, NotFoundError } from '@outsider/domain';

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(value: string): boolean {
  return pattern.test(value);
}

/** Nothing is stored under an id that is no UUID. @throws {NotFoundError} */
export function requireUuid(kind: string, id: string): void {
  if (!isUuid(id)) throw new NotFoundError(kind, id.slice(0, 80));
}

/** A caller's request id; empty means none. @throws {InvalidArgumentError} */
export function readRequestId(requestId: string | undefined): string | null {
  if (!requestId) return null;
  if (!isUuid(requestId))
    throw new InvalidArgumentError(`request_id: expected a UUID, got "${requestId.slice(0, 80)}"`);
  return requestId.toLowerCase();
}
