'use client';

import clsx from 'clsx';
import { Check, Minus, X } from 'lucide-react';
import { formatSeconds } from '../views/format.ts';
import { toTimeline, type LiveRun, type TimelineStep } from '../views/live-run.ts';
import { stageWords } from '../views/words.ts';
import { Elapsed } from './elapsed.tsx';
import { useLiveConnection, useLiveRun } from './live-run-provider.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { TimeLeft } from './time-left.tsx';

/** The ten stages of a run, with the one under way. */
export function RunTimeline() {
  const run = useLiveRun();
  const connected = useLiveConnection();
  const steps = toTimeline(run);
  const active = steps.find((step) => step.status === 'active');
  return (
    <div>
      <ol className="grid grid-cols-2 gap-x-3 gap-y-2 sm:grid-cols-5 sm:gap-y-4 xl:grid-cols-10 xl:gap-x-1">
        {steps.map((step) => (
          <Step key={step.stage} step={step} />
        ))}
      </ol>
      {/* Always there while it runs, so that nothing moves when a stage has no progress to tell. */}
      {run.state === 'running' || run.state === 'queued' ? (
        <div className="mt-4 min-h-10">
          <ProgressBar
            value={active ? run.fraction : run.state === 'queued' ? 0 : null}
            label={active ? stageWords[active.stage] : 'Progress'}
          />
          <p className="figures mt-1.5 text-xs text-soft" role="status">
            {connected
              ? progressWords(run, active)
              : 'The connection is lost; the run goes on, and this page tries again.'}
            {/* Not announced each second. */}
            {connected && active ? (
              <span aria-live="off">
                <TimeLeft before=" · about " after=" left" />
              </span>
            ) : null}
          </p>
        </div>
      ) : null}
    </div>
  );
}

function progressWords(run: LiveRun, active: TimelineStep | undefined): string {
  if (active) return run.note ? `${stageWords[active.stage]}: ${run.note}` : stageWords[active.stage];
  return run.state === 'queued' ? 'Waiting for a free worker' : 'Starting';
}

const words: Record<TimelineStep['status'], string> = {
  done: 'done',
  active: 'under way',
  stopped: 'stopped here',
  ahead: 'ahead',
  skipped: 'not needed',
};

function Step({ step }: { step: TimelineStep }) {
  const { status } = step;
  return (
    <li
      className={clsx('flex items-start gap-2 xl:block', (status === 'ahead' || status === 'skipped') && 'text-faint')}
    >
      <span className="flex items-center xl:mb-1.5" aria-hidden="true">
        <span
          className={clsx('grid size-5 shrink-0 place-items-center rounded-full [&_svg]:size-3', {
            'bg-good-wash text-good': status === 'done',
            'bg-accent text-accent-ink': status === 'active',
            'bg-bad-wash text-bad': status === 'stopped',
            'border border-dashed border-line-strong': status === 'ahead',
            'bg-sunken': status === 'skipped',
          })}
        >
          {status === 'done' ? <Check strokeWidth={3} /> : null}
          {status === 'stopped' ? <X strokeWidth={3} /> : null}
          {status === 'skipped' ? <Minus /> : null}
          {status === 'active' ? (
            <span className="size-1.5 animate-[breathe_1.2s_ease-in-out_infinite] rounded-full bg-current" />
          ) : null}
        </span>
        <span className={clsx('ml-1 hidden h-px flex-1 xl:block', status === 'done' ? 'bg-good/50' : 'bg-line')} />
      </span>
      <span className="min-w-0 text-xs">
        <span className={clsx('block leading-5 font-medium', status === 'active' && 'text-accent')}>
          {stageWords[step.stage]}
          <span className="sr-only">, {words[status]}</span>
        </span>
        <span className="figures block text-faint">
          {status === 'active' && step.startedAt ? (
            <Elapsed since={step.startedAt} />
          ) : step.seconds === null ? (
            '\u00a0'
          ) : (
            formatSeconds(step.seconds)
          )}
        </span>
      </span>
    </li>
  );
}
