import type { Clients } from './connect.ts';
import type { Progress } from './progress.ts';
import { resultsTable } from './results-table.ts';

/** Prints what the detectors of a version can do, which one is chosen, and why. */
export async function reportDetectors(
  { detector }: Pick<Clients, 'detector'>,
  backboneVersion: string,
  progress: Progress,
): Promise<void> {
  const { detectors, chosenDetectorId, reason } = await detector.compareDetectors({ backboneVersion });
  progress.line('');
  progress.line(resultsTable(detectors, chosenDetectorId));
  progress.line('');
  progress.line(reason);
}
