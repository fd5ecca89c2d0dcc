import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { connection } from 'next/server';
import { FlaskConical } from 'lucide-react';
import { Ago } from '../../../../components/ago.tsx';
import { Empty } from '../../../../components/empty.tsx';
import { PageTitle } from '../../../../components/page-title.tsx';
import { RunsTable } from '../../../../components/runs-table.tsx';
import { findExperiment } from '../../../../data/experiments.ts';
import { requireSession } from '../../../../data/session.ts';

export const metadata: Metadata = { title: 'Experiment' };

export default async function ExperimentPage({ params }: { params: Promise<{ experimentId: string }> }) {
  await connection();
  await requireSession();
  const experiment = await findExperiment((await params).experimentId);
  if (!experiment) notFound();
  return (
    <>
      <PageTitle
        title={experiment.name}
        trail={[{ label: 'Experiments', href: '/experiments' }]}
        lead={
          <>
            {experiment.description ? <p>{experiment.description}</p> : null}
            <p className="mt-0.5 text-xs">
              Backbone {experiment.backbone} · made by {experiment.createdBy}, <Ago at={experiment.createdAt} />
            </p>
          </>
        }
      />
      {experiment.runs.length === 0 ? (
        <Empty icon={<FlaskConical aria-hidden="true" />} title="No runs yet">
          Start one with <code className="font-mono text-xs">npm run outsider -- train</code>.
        </Empty>
      ) : (
        <RunsTable runs={experiment.runs} />
      )}
    </>
  );
}
