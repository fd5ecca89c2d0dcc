import { createHash } from 'node:crypto';

import { canonicalJson, type Digest } from '@outsider/domain';

import { type SnapshotPlan } from './plan-snapshot.ts';

export interface SnapshotManifest {
  /** Canonical JSON: version, classes, groups, and for every item content hash, label, group and split. */
  readonly json: string;
  /** Of `json`: the snapshot's name. */
  readonly digest: Digest;
}

/**
 * Names a snapshot by what it means: which content has which label, group and split. Where the photos once lay is left
 * out, so that the same dataset in another folder is the same snapshot.
 */
export function snapshotManifest({
  items,
  classes,
  groups,
}: Pick<SnapshotPlan, 'items' | 'classes' | 'groups'>): SnapshotManifest {
  const json = canonicalJson({
    version: 1,
    classes,
    groups,
    items: items.map(({ sha256, label, group, split }) => ({ sha256, label, group, split })),
  });
  return { json, digest: createHash('sha256').update(json).digest('hex') };
}
