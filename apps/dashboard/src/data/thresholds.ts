import 'server-only';
import { thresholdRepository } from '@outsider/database';
import { toThresholdView, type ThresholdView } from './detectors.ts';
import { database } from './store.ts';

/** A detector's thresholds, newest first. */
export async function listThresholds(detectorId: string): Promise<ThresholdView[]> {
  const { items } = await thresholdRepository(database()).list(detectorId, { pageSize: 50 });
  return items.map(toThresholdView);
}
