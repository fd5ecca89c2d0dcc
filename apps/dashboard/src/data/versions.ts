import 'server-only';
import { backboneRepository, type BackboneVersion } from '@outsider/database';
import { orAbsent } from './absent.ts';
import { database } from './store.ts';

export async function findVersion(digest: string): Promise<BackboneVersion | undefined> {
  return orAbsent(backboneRepository(database()).getVersion(digest));
}

/** Newest first. */
export async function listVersions(backbone: string): Promise<readonly BackboneVersion[]> {
  return (await backboneRepository(database()).listVersions({ backbone, pageSize: 100 })).items;
}
