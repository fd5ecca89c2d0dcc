import { describe, expect, it } from 'vitest';
import { PermissionDeniedError } from './errors.ts';
import { mayAct, requireRole } from './roles.ts';

describe('roles', () => {
  it('let an operator do what a viewer may, not the other way round', () => {
    expect(mayAct('operator', 'viewer')).toBe(true);
    expect(mayAct('operator', 'operator')).toBe(true);
    expect(mayAct('viewer', 'viewer')).toBe(true);
    expect(mayAct('viewer', 'operator')).toBe(false);
  });

  it('refuse with a sentence that names both roles', () => {
    const viewer = { tokenId: '1', name: 'eve', role: 'viewer' } as const;
    expect(() => requireRole(viewer, 'operator')).toThrow(PermissionDeniedError);
    expect(() => requireRole(viewer, 'operator')).toThrow('this needs the role operator; "eve" is a viewer');
  });
});
