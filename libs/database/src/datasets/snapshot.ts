import type { Digest, Split } from '@outsider/domain';

/** A named collection of photos. */
export interface Dataset {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
}

/** One photo of a snapshot; exactly one of `label` and `group` is set. */
export interface SnapshotItem {
  /** From 0; also the row in activation sets. */
  readonly position: number;
  /** Of the encoded image; also its artifact. */
  readonly contentDigest: Digest;
  readonly path: string;
  readonly split: Split;
  /** Class name; null for irrelevant photos. */
  readonly label: string | null;
  /** Irrelevant group; null for in-distribution photos. */
  readonly group: string | null;
  readonly bytes: number;
}

/** How many photos of one class or group are in a split. */
export interface SplitCount {
  readonly split: Split;
  readonly label: string | null;
  readonly group: string | null;
  readonly photos: number;
}

/** A file that was left out, and why. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

/** What an import left out. */
export interface SnapshotReport {
  readonly skipped: readonly SkippedFile[];
  /** Same content in an earlier split, or twice in a class. */
  readonly duplicates: readonly SkippedFile[];
}

/** An immutable list of photos, without the photos. */
export interface Snapshot {
  readonly digest: Digest;
  /** Name of its dataset. */
  readonly dataset: string;
  readonly manifestArtifact: Digest;
  /** Sorted; a class index is a position here. */
  readonly classes: readonly string[];
  readonly groups: readonly string[];
  readonly counts: readonly SplitCount[];
  readonly report: SnapshotReport;
  readonly seed: number;
  readonly createdAt: Date;
  readonly createdBy: string;
}

/** What a new snapshot is made of; `counts` follow from the items. */
export interface NewSnapshot {
  readonly digest: Digest;
  /** Name of the dataset; made when new. */
  readonly dataset: string;
  readonly manifestArtifact: Digest;
  readonly classes: readonly string[];
  readonly groups: readonly string[];
  readonly report: SnapshotReport;
  readonly seed: number;
  /** UUID; the same request again gives the same snapshot. */
  readonly requestId?: string;
  /** In order of position, from 0. */
  readonly items: readonly SnapshotItem[];
}

/** Photos by split and class or group, in the order of first appearance. */
export function countItems(items: readonly SnapshotItem[]): SplitCount[] {
  const counts = new Map<string, SplitCount>();
  for (const { split, label, group } of items) {
    const key = JSON.stringify([split, label, group]);
    counts.set(key, { split, label, group, photos: (counts.get(key)?.photos ?? 0) + 1 });
  }
  return [...counts.values()];
}
