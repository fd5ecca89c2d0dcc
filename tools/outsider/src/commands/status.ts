import { JobState } from '@outsider/contracts';
import { NotFoundError, FailedPreconditionError } from '@outsider/domain';
import type { Clients } from '../connect.ts';
import { formatTable } from '../table.ts';

const stateWords: Readonly<Record<number, string>> = {
  [JobState.JOB_STATE_QUEUED]: 'queued',
  [JobState.JOB_STATE_RUNNING]: 'running',
  [JobState.JOB_STATE_SUCCEEDED]: 'succeeded',
  [JobState.JOB_STATE_FAILED]: 'failed',
  [JobState.JOB_STATE_CANCELLED]: 'cancelled',
};

/** What is in production, and the newest runs. */
export async function describeStatus({
  deployments,
  training,
}: Pick<Clients, 'deployments' | 'training'>): Promise<string> {
  const { runs } = await training.listRuns({ experimentId: '', pageSize: 10, pageToken: '' });
  const rows = runs.map((run) => [
    run.id,
    stateWords[run.job?.state ?? 0] ?? 'unknown',
    run.job?.state === JobState.JOB_STATE_RUNNING ? `${Math.round(run.job.progress * 100)} % ${run.job.stage}` : '',
    [run.recipe?.name, run.recipe?.architecture].filter(Boolean).join(' '),
    run.backboneVersion.slice(0, 12),
    run.job?.createTime?.toISOString().slice(0, 16).replace('T', ' ') ?? '',
  ]);
  const table =
    rows.length === 0 ? 'no runs yet' : formatTable(['run', 'state', 'progress', 'recipe', 'version', 'created'], rows);
  return `${await describeProduction(deployments)}\n\n${table}`;
}

async function describeProduction(deployments: Clients['deployments']): Promise<string> {
  try {
    const { deployment } = await deployments.getDeployment({ backbone: '', alias: '' });
    const version = deployment?.bundle?.backboneVersion.slice(0, 12);
    return `in production: ${deployment?.backbone} version ${version}, detector ${deployment?.bundle?.detectorId}, since ${deployment?.createTime?.toISOString()}`;
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof FailedPreconditionError)
      return 'nothing is in production yet';
    throw error;
  }
}
