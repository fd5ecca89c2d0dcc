import { JobState, type Run } from '@outsider/contracts';
import type { Clients } from './connect.ts';
import { everyPage } from './every-page.ts';

/** Whether a run is waiting or going on. */
export function isUnderWay(run: Run): boolean {
  const state = run.job?.state;
  return state === JobState.JOB_STATE_QUEUED || state === JobState.JOB_STATE_RUNNING;
}

/** Whether a run has given a version with detectors, if not one that could be promoted. */
export function hasSucceeded(run: Run): boolean {
  return run.job?.state === JobState.JOB_STATE_SUCCEEDED;
}

/** The newest run that trains an architecture on a snapshot, or has done so; undefined where none did. */
export async function findRun(
  { training }: Pick<Clients, 'training'>,
  snapshotDigest: string,
  architecture: string,
): Promise<Run | undefined> {
  for await (const { runs } of everyPage((position) => training.listRuns({ experimentId: '', ...position }))) {
    const found = runs.find(
      (run) =>
        run.snapshotDigest === snapshotDigest &&
        run.recipe?.architecture === architecture &&
        (isUnderWay(run) || hasSucceeded(run)),
    );
    if (found) return found;
  }
  return undefined;
}
