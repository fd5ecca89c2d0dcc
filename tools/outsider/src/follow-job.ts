import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, JobEvent } from '@outsider/contracts';
import { CancelledError, UnavailableError } from '@outsider/domain';
import type { Clients } from './connect.ts';
import type { Progress } from './progress.ts';
import { runNote, type StageNews } from './run-note.ts';

/** What each stage does, for people. */
const stageTitles: Readonly<Record<string, string>> = {
  prepare: 'fetch the pretrained weights',
  features: 'look at the photos',
  train: 'train the new layers',
  export: 'export for serving',
  verify: 'verify the export',
  register: 'register the version',
  embed: 'embed every photo',
  fit: 'fit the detectors',
  calibrate: 'calibrate the thresholds',
  promote: 'promote to production',
};

/**
 * Shows a job's progress until it is over, however it ends; a broken connection is taken up where it ended.
 *
 * @param recipe name of the recipe that a run follows; empty for other jobs
 * @returns the finished job
 */
export async function followJob(
  { jobs }: Pick<Clients, 'jobs'>,
  jobId: string,
  recipe: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<Job | undefined> {
  const show = shower(recipe, progress);
  let sequence = 0;
  for (;;) {
    try {
      for await (const { event } of jobs.watchJob({ jobId, afterSequence: sequence }, { signal })) {
        if (!event) continue;
        sequence = event.sequence;
        show(event);
      }
      break;
    } catch (error) {
      // A service that stops in good order cancels the calls that outlast it.
      const broken = error instanceof UnavailableError || (error instanceof CancelledError && !signal?.aborted);
      if (!broken) throw error;
      await sleep(1000, undefined, { signal });
    }
  }
  progress.finish();
  return (await jobs.getJob({ jobId })).job;
}

/** Shows events as they come: one bar a stage, the newest loss and pace beside it. */
function shower(recipe: string, progress: Progress): (event: JobEvent) => void {
  let stage = '';
  let news: StageNews | undefined;
  let loss: number | undefined;
  let imagesPerSecond: number | undefined;

  function enter(next: string, at: Date): void {
    if (next === stage) return;
    stage = next;
    news = { startedAt: at, reportedAt: at, fraction: 0, note: '' };
    loss = imagesPerSecond = undefined;
  }
  function update(): void {
    if (news) progress.update(stageTitle(stage, recipe), news.fraction, runNote({ ...news, loss, imagesPerSecond }));
  }

  return ({ event, time: at = new Date() }) => {
    switch (event?.$case) {
      case 'stage':
        return enter(event.value, at);
      case 'progress': {
        const { fraction, note } = event.value;
        enter(event.value.stage, at);
        // A stage that has two parts begins twice.
        if (news && fraction < news.fraction) news = { ...news, startedAt: news.reportedAt };
        if (news) news = { ...news, reportedAt: at, fraction, note };
        return update();
      }
      case 'metric': {
        const { key, value } = event.value;
        if (key === 'train.loss') loss = recent(loss, value);
        else if (key === 'samplesPerSecond') imagesPerSecond = recent(imagesPerSecond, value);
        else return;
        return update();
      }
      case 'log':
        return progress.line(`  ${event.value}`);
    }
  };
}

/** One step's value jumps; this is the mean of about the last ten. */
function recent(mean: number | undefined, value: number): number {
  return mean === undefined || Number.isNaN(mean) ? value : 0.9 * mean + 0.1 * value;
}

function stageTitle(stage: string, recipe: string): string {
  if (stage === 'train' && recipe !== 'head') return 'train new layers, top blocks';
  return stageTitles[stage] ?? stage;
}
