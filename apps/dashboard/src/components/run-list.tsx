import Link from 'next/link';
import type { RunRow } from '../data/runs.ts';
import { formatPercent, formatUnit } from '../views/format.ts';
import { stageWords } from '../views/words.ts';
import { Ago } from './ago.tsx';
import { StateBadge } from './badge.tsx';
import { Card } from './card.tsx';
import { ProgressBar } from './progress-bar.tsx';

/** The newest runs of all experiments. */
export function RunList({ runs }: { runs: readonly RunRow[] }) {
  return (
    <Card>
      <ul>
        {runs.map((run) => (
          <li
            key={run.id}
            className="relative flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-3 last:border-0 hover:bg-sunken/60"
          >
            <div className="min-w-0 flex-1 basis-44">
              <Link href={`/runs/${run.id}`} className="font-medium after:absolute after:inset-0">
                Run {run.number}
              </Link>
              <p className="truncate text-xs text-soft">
                {run.experiment} · <Ago at={run.createdAt} />
              </p>
            </div>
            {run.state === 'running' ? (
              <div className="w-32">
                <ProgressBar value={run.progress} label={`Progress of run ${run.number}`} />
                <p className="mt-1 text-xs text-soft">
                  {run.stage in stageWords ? stageWords[run.stage as keyof typeof stageWords] : 'Starting'}
                </p>
              </div>
            ) : (
              <p className="figures text-right text-xs text-soft">
                {run.validationAccuracy === null ? null : (
                  <span className="block">{formatPercent(run.validationAccuracy)} accuracy</span>
                )}
                {run.worst ? <span className="block">{formatUnit(run.worst.auroc)} worst group</span> : null}
              </p>
            )}
            <StateBadge state={run.state} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
