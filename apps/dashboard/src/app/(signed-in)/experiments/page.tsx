import type { Metadata } from 'next';
import Link from 'next/link';
import { connection } from 'next/server';
import { FlaskConical } from 'lucide-react';
import { Ago } from '../../../components/ago.tsx';
import { StateBadge } from '../../../components/badge.tsx';
import { Card } from '../../../components/card.tsx';
import { Empty } from '../../../components/empty.tsx';
import { PageTitle } from '../../../components/page-title.tsx';
import { listExperiments, type ExperimentView } from '../../../data/experiments.ts';
import { requireSession } from '../../../data/session.ts';
import { countOf, formatPercent, formatUnit } from '../../../views/format.ts';

export const metadata: Metadata = { title: 'Experiments' };

export default async function ExperimentsPage() {
  await connection();
  await requireSession();
  const experiments = await listExperiments();
  return (
    <>
      <PageTitle
        title="Experiments"
        lead="Each asks one question of one backbone; its runs are the attempts to answer it."
      />
      {experiments.length === 0 ? (
        <Empty icon={<FlaskConical aria-hidden="true" />} title="No experiments yet">
          <code className="font-mono text-xs">npm start</code> runs a first one;{' '}
          <code className="font-mono text-xs">npm run outsider -- train</code> adds your own.
        </Empty>
      ) : (
        <ul className="grid gap-3">
          {experiments.map((experiment) => (
            <li key={experiment.id}>
              <ExperimentCard experiment={experiment} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function ExperimentCard({ experiment }: { experiment: ExperimentView }) {
  const [latest] = experiment.runs;
  const finished = experiment.runs.filter((run) => run.state === 'succeeded');
  const bestAccuracy = best(finished.map((run) => run.validationAccuracy));
  const bestWorst = best(finished.map((run) => run.worst?.auroc ?? null));
  return (
    <Card className="relative grid gap-x-6 gap-y-3 p-4 transition-colors hover:border-line-strong sm:grid-cols-[minmax(0,1fr)_auto] sm:items-center sm:px-5">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2">
          <h2 className="font-semibold">
            <Link href={`/experiments/${experiment.id}`} className="after:absolute after:inset-0 after:rounded-xl">
              {experiment.name}
            </Link>
          </h2>
          {latest ? <StateBadge state={latest.state} /> : null}
        </div>
        {experiment.description ? (
          <p className="mt-0.5 line-clamp-2 text-sm text-soft">{experiment.description}</p>
        ) : null}
        <p className="mt-1 text-xs text-soft">
          {countOf(experiment.runs.length, 'run')} · backbone {experiment.backbone} · {latest ? 'last run ' : 'made '}
          <Ago at={latest?.createdAt ?? experiment.createdAt} />
        </p>
      </div>
      <dl className="flex gap-6">
        <div>
          <dt className="eyebrow">Best accuracy</dt>
          <dd className="figures text-lg font-semibold">{formatPercent(bestAccuracy)}</dd>
        </div>
        <div>
          <dt className="eyebrow">Best worst-group AUROC</dt>
          <dd className="figures text-lg font-semibold">{formatUnit(bestWorst)}</dd>
        </div>
      </dl>
    </Card>
  );
}

function best(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.max(...known) : null;
}
