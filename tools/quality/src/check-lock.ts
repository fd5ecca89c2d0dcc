/**
 * Finds optional platform packages that package-lock.json lacks.
 *
 * A registry that holds back new versions can lack one platform's package; npm then leaves it out of the lock file
 * without a word, and a later `npm ci` refuses the file.
 */
import { readFileSync } from 'node:fs';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lockFile = new URL('../../../package-lock.json', import.meta.url);
const locked = (JSON.parse(readFileSync(lockFile, 'utf8')) as { packages: Record<string, LockedPackage> }).packages;

/** npm looks for a package beside its dependent, then in each folder above. */
function isLocked(dependent: string, name: string): boolean {
  const parents = dependent.split('/node_modules/');
  return (
    parents.some((_, i) => {
      const above = parents.slice(0, parents.length - i);
      return `${above.join('/node_modules/')}/node_modules/${name}` in locked;
    }) || `node_modules/${name}` in locked
  );
}

const missing = Object.entries(locked).flatMap(([at, { optionalDependencies = {} }]) =>
  Object.keys(optionalDependencies)
    .filter((name) => !isLocked(at, name))
    .map((name) => `${at || 'package.json'} wants ${name}`),
);

console.log(missing.length === 0 ? 'package-lock.json is whole' : missing.join('\n'));
process.exitCode = missing.length === 0 ? 0 : 1;
