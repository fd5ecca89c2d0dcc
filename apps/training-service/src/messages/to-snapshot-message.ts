import { Split, type Snapshot as SnapshotMessage, type SnapshotItem as SnapshotItemMessage } from '@outsider/contracts';
import type { Snapshot, SnapshotItem } from '@outsider/database';
import type { Split as SplitName } from '@outsider/domain';

const splits: Readonly<Record<SplitName, Split>> = {
  train: Split.SPLIT_TRAIN,
  fit: Split.SPLIT_FIT,
  calibrate: Split.SPLIT_CALIBRATE,
  select: Split.SPLIT_SELECT,
  test: Split.SPLIT_TEST,
};

export function toSnapshotMessage({ digest, dataset, classes, groups, counts, createdAt }: Snapshot): SnapshotMessage {
  return {
    digest,
    dataset,
    classes: [...classes],
    groups: [...groups],
    counts: counts.map(({ split, label, group, photos }) => ({
      split: splits[split],
      label: label ?? '',
      group: group ?? '',
      photos,
    })),
    createTime: createdAt,
  };
}

export function toSnapshotItemMessage({
  position,
  contentDigest,
  path,
  split,
  label,
  group,
}: SnapshotItem): SnapshotItemMessage {
  return { position, contentDigest, path, split: splits[split], label: label ?? '', group: group ?? '' };
}
