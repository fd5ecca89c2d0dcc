import 'server-only';
import { experimentRepository, type Experiment } from '@outsider/database';
import { orAbsent } from './absent.ts';
import { listRuns, type RunRow } from './runs.ts';
import { database } from './store.ts';

/** An experiment with its runs, newest first. */
export interface ExperimentView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly backbone: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly runs: readonly RunRow[];
}

/** Newest first. */
export async function listExperiments(): Promise<ExperimentView[]> {
  const { items } = await experimentRepository(database()).list({ pageSize: 100 });
  return Promise.all(items.map(toExperimentView));
}

export async function findExperiment(id: string): Promise<ExperimentView | undefined> {
  const experiment = await orAbsent(experimentRepository(database()).get(id));
  return experiment && toExperimentView(experiment);
}

async function toExperimentView({ createdAt, ...experiment }: Experiment): Promise<ExperimentView> {
  return { ...experiment, createdAt: createdAt.toISOString(), runs: await listRuns({ experimentId: experiment.id }) };
}
