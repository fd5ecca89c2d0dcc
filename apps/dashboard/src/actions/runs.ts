'use server';

import { InvalidArgumentError } from '@outsider/domain';
import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { findRun, findRunOfJob } from '../data/runs.ts';
import { requireActor } from '../data/session.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { readNumber } from './read-form.ts';
import { inFormWords, readRecipeForm } from './read-recipe-form.ts';
import { callJobs, callTraining } from './services.ts';

/** Queues a run like `runId` with the form's settings, and goes to it. The service refuses a second one meanwhile. */
export async function retrain(runId: string, _: Outcome<string> | null, form: FormData): Promise<Outcome<string>> {
  const outcome = await outcomeOf(async () => {
    const { token } = await requireActor('operator');
    const run = await findRun(runId);
    if (!run) throw new InvalidArgumentError('this run is not stored');
    const methods = form.getAll('methods').map(String);
    const offered = Number(form.get('offeredMethods'));
    if (methods.length === 0 && offered > 0)
      throw new InvalidArgumentError('Detectors: expected at least one to fit, got none');
    // Everything of a run that asked for everything: methods that could not be fitted then are tried again.
    const everything = methods.length === offered && run.plan.methods.length === 0;
    const recipe = readRecipeForm(form, run.recipe);
    const detection = {
      methods: everything ? [] : methods,
      falseAlarmRate: readNumber(form, 'falseAlarmRate', 'False alarms', 0.1, 50) / 100,
      confidence: run.plan.confidence,
      promote: form.get('promote') === 'on',
    };
    const requestId = String(form.get('requestId') ?? '');
    const answer = await inFormWords(
      callTraining(token, (training) => training.retrain({ runId, snapshotDigest: '', recipe, detection, requestId })),
    );
    if (!answer.run) throw new Error('Retrain answered without a run');
    return answer.run.id;
  });
  if (outcome.ok) redirect(`/runs/${outcome.value}`);
  return nameRun(outcome);
}

/** A refusal that names the job in the way is given the run of that job, so that one can go there. */
async function nameRun<T>(outcome: Outcome<T>): Promise<Outcome<T>> {
  if (outcome.ok || !outcome.details?.['jobId']) return outcome;
  const runId = await findRunOfJob(outcome.details['jobId']).catch(() => undefined);
  return runId ? { ...outcome, details: { ...outcome.details, runId } } : outcome;
}

/** Asks the run's job to stop. */
export async function cancelRun(runId: string, _: Outcome<null> | null): Promise<Outcome<null>> {
  return outcomeOf(async () => {
    const { token } = await requireActor('operator');
    const run = await findRun(runId);
    if (!run) throw new InvalidArgumentError('this run is not stored');
    await callJobs(token, (jobs) => jobs.cancelJob({ jobId: run.jobId }));
    revalidatePath(`/runs/${runId}`);
    return null;
  });
}
