import 'server-only';
import { backboneRepository, deploymentRepository, type BackboneVersion } from '@outsider/database';
import { orAbsent } from './absent.ts';
import { findDetectorOfBundle, type DetectorView } from './detectors.ts';
import { database } from './store.ts';

export async function findVersion(digest: string): Promise<BackboneVersion | undefined> {
  return orAbsent(backboneRepository(database()).getVersion(digest));
}

/** Newest first. */
export async function listVersions(backbone: string): Promise<readonly BackboneVersion[]> {
  return (await backboneRepository(database()).listVersions({ backbone, pageSize: 100 })).items;
}

/** What has become of a version. */
export interface VersionUse {
  /** The detector of the newest bundle; undefined while there is none. */
  readonly detector: DetectorView | undefined;
  readonly inProduction: boolean;
}

export async function findVersionUse({ digest }: Pick<BackboneVersion, 'digest'>): Promise<VersionUse> {
  const deployments = deploymentRepository(database());
  const [{ items }, current] = await Promise.all([
    deployments.listBundles({ backboneVersion: digest, pageSize: 1 }),
    deployments.listCurrent(),
  ]);
  return {
    detector: items[0] && (await findDetectorOfBundle(items[0].id)),
    inProduction: current.some(({ alias, bundle }) => alias === 'production' && bundle.backboneVersion === digest),
  };
}
