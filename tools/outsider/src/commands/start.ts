import path from 'node:path';
import { createInterface } from 'node:readline';
import { connect, type Clients } from '../connect.ts';
import { findRun, hasSucceeded, isUnderWay } from '../find-run.ts';
import { importPhotos, planFolder, type ImportPlan } from '../import-photos.ts';
import { showProgress, type Progress } from '../progress.ts';
import { planQuickStart } from '../quick-start/quick-start.ts';
import type { Settings } from '../settings.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import { reportSkipped } from './import.ts';
import { reportRun, startRun } from './train.ts';

export interface StartOptions {
  /** A folder of one's own photos instead of the quick start. */
  readonly data?: string;
  readonly quickStart: boolean;
  readonly architecture: string;
}

/** Starts everything, runs the first experiment where there is none, and stays until it is told to stop. */
export async function start(settings: Settings, options: StartOptions): Promise<void> {
  // A terminal that is gone must not end this process before it has stopped what it started.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const progress = showProgress();
  const stopped = new AbortController();
  progress.line('Outsider is starting…');
  const stack = await startStack(settings, (line) => progress.line(`  ${line}`));
  const stopOnce = stopAtSignals(stack, stopped, progress);
  progress.line(welcome(settings, stack));

  const clients = connect(settings);
  try {
    await firstExperiment(clients, settings, options, progress, stopped.signal);
  } catch (error) {
    if (!stopped.signal.aborted) progress.line(`\n  ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    clients.close();
  }
  progress.line('\nEverything is running. Ctrl-C stops it.');
  await stopOnce;
}

function welcome(settings: Settings, stack: Stack): string {
  return [
    '',
    `  dashboard    ${stack.dashboardUrl}`,
    `  sign in      ${stack.signInUrl}   (once, within 24 h)`,
    `  gRPC         training ${settings.trainingAddress}, embedding ${settings.embeddingAddress}, detector ${settings.detectorAddress}`,
    `  API token    ${settings.tokenFile}`,
    `  data         ${settings.dataDir}`,
    '',
  ].join('\n');
}

/**
 * Runs the quick start, or the given folder, as an ordinary experiment. A run that an earlier start left under way is
 * followed, and photos that were trained on already are not trained on again.
 */
async function firstExperiment(
  clients: Clients,
  settings: Settings,
  options: StartOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  if (options.data === undefined) {
    const { runs } = await clients.training.listRuns({ experimentId: '', pageSize: 100, pageToken: '' });
    const underWay = runs.find(isUnderWay);
    if (underWay) return reportRun(clients, underWay, progress, signal);
    if (runs.length > 0 || !options.quickStart) return;
  }
  const plan = await planOf(options, settings, progress);
  const imported = await importPhotos(clients, plan, (done, total) =>
    progress.update('import the photos', done / total, `${done} of ${total}`),
  );
  progress.finish();
  for (const line of reportSkipped(imported)) progress.line(`  ${line}`);
  const snapshotDigest = imported.snapshot?.digest ?? '';
  const { architecture } = options;
  const known = await findRun(clients, snapshotDigest, architecture);
  if (known && hasSucceeded(known)) {
    progress.line(
      `  ${architecture} was trained on these photos before, in run ${known.number}. To do so again, retrain in the dashboard, or`,
    );
    progress.line(
      `  npm run outsider -- train ${snapshotDigest} --experiment "${plan.dataset}" --architecture ${architecture} --promote`,
    );
    return;
  }
  const run =
    known ??
    (await startRun(clients, {
      experiment: plan.dataset,
      backbone: plan.dataset,
      snapshotDigest,
      recipe: { architecture },
      detection: { promote: true },
    }));
  await reportRun(clients, run, progress, signal);
}

async function planOf(options: StartOptions, settings: Settings, progress: Progress): Promise<ImportPlan> {
  if (options.data === undefined) return planQuickStart(settings.cacheDir, progress);
  const folder = path.resolve(options.data);
  return planFolder(folder, path.basename(folder), 0);
}

/** Resolves when everything has stopped. A second Ctrl-C does not make it faster: nothing may be lost. */
function stopAtSignals(stack: Stack, stopped: AbortController, progress: Progress): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      if (stopped.signal.aborted) return;
      stopped.abort();
      progress.finish();
      progress.line('\nstopping…');
      stack.stop().then(
        () => {
          progress.line('stopped; everything is kept');
          resolve();
          process.exit(0);
        },
        (error: unknown) => {
          progress.line(`could not stop everything: ${String(error)}`);
          process.exit(1);
        },
      );
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
    if (process.platform === 'win32') createInterface({ input: process.stdin }).on('SIGINT', stop);
  });
}
