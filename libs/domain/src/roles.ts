import { PermissionDeniedError } from './errors.ts';

/** What a caller may do. A viewer reads; an operator also changes things. */
export type Role = 'viewer' | 'operator';

/** Who is calling, as found by their token. */
export interface Principal {
  readonly tokenId: string;
  readonly name: string;
  readonly role: Role;
}

export function mayAct(role: Role, required: Role): boolean {
  return role === 'operator' || required === 'viewer';
}

/** @throws {PermissionDeniedError} when the principal's role is too low */
export function requireRole(principal: Principal, required: Role): void {
  if (!mayAct(principal.role, required)) {
    throw new PermissionDeniedError(`this needs the role ${required}; "${principal.name}" is a ${principal.role}`);
  }
}
