import { statSync } from 'node:fs';
import path from 'node:path';

/** PostgreSQL refuses to run as root; then it runs as `nobody`. */
export function unprivilegedUser(): { readonly uid?: number; readonly gid?: number } {
  return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
}

/** Whether the user that PostgreSQL runs as may walk down to `folder`; always so when that is ourselves. */
export function canReachAsNobody(folder: string): boolean {
  if (unprivilegedUser().uid === undefined) return true;
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}
