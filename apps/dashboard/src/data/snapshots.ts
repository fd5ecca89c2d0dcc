import 'server-only';
import { cache } from 'react';
import { datasetRepository, type Snapshot, type SnapshotItem } from '@outsider/database';
import { orAbsent } from './absent.ts';
import { remember } from './remember.ts';
import { database } from './store.ts';

export const findSnapshot = cache(async (digest: string): Promise<Snapshot | undefined> =>
  orAbsent(datasetRepository(database()).getSnapshot(digest)),
);

/** All items in order: row i of activations and scores is item i. Snapshots never change. */
export const readSnapshotItems = remember(4, async (digest): Promise<SnapshotItem[]> =>
  datasetRepository(database()).readItems(digest),
);
