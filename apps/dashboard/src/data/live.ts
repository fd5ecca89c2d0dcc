import 'server-only';
import { jobRepository, metricPointRepository, type JobEvent } from '@outsider/database';
import type { RunState } from '@outsider/domain';
import { applyEvent, emptyLiveRun, type LiveEvent, type LiveRun, type MetricSeries } from '../views/live-run.ts';
import { database } from './store.ts';

/** Points a curve at most starts with; later ones come one by one. */
const maxPoints = 400;

/** What has happened in a run so far: the page starts with it, and goes on with events from there. */
export async function readLiveRun(run: { readonly id: string; readonly jobId: string }): Promise<LiveRun> {
  const db = database();
  const job = await jobRepository(db).get(run.jobId);
  // Metrics are read below, thinned: a long run has many thousands.
  const events = await readEvents(run.jobId);
  const told = events.reduce((live, event) => applyEvent(live, toLiveEvent(event)), emptyLiveRun(job.state));
  const curves = await metricPointRepository(db).series(run.id, { maxPoints });
  const series: Record<string, MetricSeries> = {};
  for (const { key, buckets } of curves) {
    series[key] = { steps: buckets.map(({ step }) => step), values: buckets.map(({ mean }) => toFinite(mean)) };
  }
  // States are final before their event is: the job has the last word.
  const sequence = Math.max(job.eventCount, events.at(-1)?.sequence ?? 0);
  return { ...told, state: job.state satisfies RunState, sequence, series };
}

/** Events after `sequence` as they come, until the run is final or `signal` aborts. */
export async function* watchRun(jobId: string, sequence: number, signal: AbortSignal): AsyncGenerator<LiveEvent> {
  for await (const event of jobRepository(database()).watchEvents(jobId, sequence, signal)) yield toLiveEvent(event);
}

async function readEvents(jobId: string): Promise<JobEvent[]> {
  const jobs = jobRepository(database());
  const events: JobEvent[] = [];
  for (;;) {
    const more = await jobs.eventsAfter(jobId, events.at(-1)?.sequence ?? 0, { except: 'metric' });
    if (more.length === 0) return events;
    events.push(...more);
  }
}

function toLiveEvent({ jobId: _, at, ...event }: JobEvent): LiveEvent {
  const when = { at: at.toISOString() };
  return event.kind === 'metric' ? { ...event, ...when, value: toFinite(event.value) } : { ...event, ...when };
}

function toFinite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
