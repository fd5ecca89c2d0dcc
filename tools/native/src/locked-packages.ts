import { FailedPreconditionError } from '@outsider/domain';

/** The part of package-lock.json that is read here. Keys are places: `node_modules/a/node_modules/b`. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

interface LockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export interface LockedPackage {
  readonly place: string;
  /** `name@version` */
  readonly spec: string;
  readonly integrity: string;
}

/**
 * A package and all that it depends on, as they are locked; what `isElsewhere` says is left out with its dependencies.
 *
 * @throws {FailedPreconditionError} when the lock file lacks one of them
 */
export function lockedPackages(
  { packages }: LockFile,
  name: string,
  isElsewhere: (dependency: string) => boolean,
): readonly LockedPackage[] {
  const found = new Map<string, LockedPackage>();
  const visit = (place: string): void => {
    const entry = packages[place];
    if (!entry?.version || !entry.integrity) {
      throw new FailedPreconditionError(`package-lock.json lacks ${place} or its integrity`);
    }
    if (found.has(place)) return;
    found.set(place, { place, spec: `${nameOf(place)}@${entry.version}`, integrity: entry.integrity });
    for (const dependency of Object.keys(entry.dependencies ?? {})) {
      if (!isElsewhere(dependency)) visit(placeOf(packages, place, dependency));
    }
  };
  visit(`node_modules/${name}`);
  return [...found.values()];
}

function nameOf(place: string): string {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** As Node looks for it: below its dependent, then below each package around that, then at the top. */
function placeOf(packages: LockFile['packages'], dependent: string, name: string): string {
  for (let around = dependent; around; around = around.slice(0, Math.max(0, around.lastIndexOf('/node_modules/')))) {
    if (`${around}/node_modules/${name}` in packages) return `${around}/node_modules/${name}`;
  }
  return `node_modules/${name}`;
}
