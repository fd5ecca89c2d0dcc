import type { Metadata } from 'next';
import Link from 'next/link';
import { connection } from 'next/server';
import { isFinal } from '@outsider/domain';
import { CircleCheck, FlaskConical, Rocket } from 'lucide-react';
import { Ago } from '../../components/ago.tsx';
import { Card, Section } from '../../components/card.tsx';
import { DetectPanel } from '../../components/detect-panel.tsx';
import { Empty } from '../../components/empty.tsx';
import { LiveBundle } from '../../components/live-bundle.tsx';
import { PageTitle } from '../../components/page-title.tsx';
import { RefreshWhile } from '../../components/refresh-while.tsx';
import { RunList } from '../../components/run-list.tsx';
import { listProduction } from '../../data/deployments.ts';
import { listFailures, type FailureView } from '../../data/failures.ts';
import { listRuns } from '../../data/runs.ts';
import { requireSession } from '../../data/session.ts';
import { toSentence } from '../../views/to-sentence.ts';
import { jobName } from '../../views/words.ts';

export const metadata: Metadata = { title: 'Overview' };

export default async function OverviewPage() {
  await connection();
  await requireSession();
  const [production, runs, failures] = await Promise.all([listProduction(), listRuns({ limit: 6 }), listFailures()]);
  const busy = runs.some((run) => !isFinal(run.state));
  return (
    <>
      <RefreshWhile active={busy} everyMs={3000} />
      <PageTitle title="Overview" lead="What answers now, what is being trained, and a place to try it." />
      <div className="flex flex-col gap-9">
        <Section title="Judge a photo" lead="Does it belong to what the backbone was trained on?">
          <DetectPanel ready={production.length > 0} />
        </Section>
        <Section title="In production">
          {production.length > 0 ? (
            <div className="grid gap-3">
              {production.map((deployment) => (
                <LiveBundle key={deployment.id} deployment={deployment} />
              ))}
            </div>
          ) : (
            <Empty icon={<Rocket aria-hidden="true" />} title="Nothing is in production yet">
              A run that succeeds ends in a bundle: backbone version, detector and threshold. Promote one on the{' '}
              <Link href="/deployments" className="underline">
                deployments page
              </Link>
              .
            </Empty>
          )}
        </Section>
        <div className="grid gap-9 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] lg:gap-6">
          <Section
            title="Newest runs"
            aside={
              <Link href="/experiments" className="rounded text-sm text-accent hover:underline">
                All experiments
              </Link>
            }
          >
            {runs.length > 0 ? (
              <RunList runs={runs} />
            ) : (
              <Empty icon={<FlaskConical aria-hidden="true" />} title="No runs yet">
                <code className="font-mono text-xs">npm start</code> begins with one.
              </Empty>
            )}
          </Section>
          <Section title="Failed jobs">
            <Failures failures={failures} />
          </Section>
        </div>
      </div>
    </>
  );
}

function Failures({ failures }: { failures: readonly FailureView[] }) {
  if (failures.length === 0) {
    return (
      <p className="flex items-center gap-2 rounded-xl border border-dashed border-line px-4 py-3.5 text-sm text-soft">
        <CircleCheck className="size-4 text-good" aria-hidden="true" /> None in the last fourteen days.
      </p>
    );
  }
  return (
    <Card>
      <ul>
        {failures.map((failure) => (
          <li key={failure.jobId} className="border-b border-line px-4 py-3 text-sm last:border-0">
            <div className="flex items-baseline justify-between gap-3">
              {failure.runId ? (
                <Link href={`/runs/${failure.runId}`} className="font-medium hover:underline">
                  Training run
                </Link>
              ) : (
                <span className="font-medium">{jobName(failure.kind)}</span>
              )}
              <span className="shrink-0 text-xs text-soft">
                <Ago at={failure.at} />
              </span>
            </div>
            <p className="mt-0.5 break-words text-bad">{toSentence(failure.error)}</p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
