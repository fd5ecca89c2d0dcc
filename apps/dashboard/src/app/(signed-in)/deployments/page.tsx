import type { Metadata } from 'next';
import Link from 'next/link';
import { connection } from 'next/server';
import { mayAct } from '@outsider/domain';
import { History, Rocket, Undo2 } from 'lucide-react';
import { promoteBundle, rollBack } from '../../../actions/deployments.ts';
import { Ago } from '../../../components/ago.tsx';
import { Badge } from '../../../components/badge.tsx';
import { Card, Section } from '../../../components/card.tsx';
import { Empty } from '../../../components/empty.tsx';
import { LiveBundle } from '../../../components/live-bundle.tsx';
import { PageTitle } from '../../../components/page-title.tsx';
import { ReasonDialog } from '../../../components/reason-dialog.tsx';
import { Cell, HeadCell, Table } from '../../../components/table.tsx';
import {
  listBundles,
  listHistory,
  listProduction,
  type BundleView,
  type DeploymentView,
} from '../../../data/deployments.ts';
import { requireSession } from '../../../data/session.ts';
import { formatPercent, formatUnit } from '../../../views/format.ts';
import { methodName } from '../../../views/words.ts';

export const metadata: Metadata = { title: 'Deployments' };

export default async function DeploymentsPage() {
  await connection();
  const { principal } = await requireSession();
  const operator = mayAct(principal.role, 'operator');
  const [production, history, bundles] = await Promise.all([listProduction(), listHistory(), listBundles()]);
  const live = new Set(production.map(({ bundle }) => bundle.id));
  return (
    <>
      <PageTitle
        title="Deployments"
        lead="Backbone version, detector and threshold go to production together and come back together."
      />
      <div className="flex flex-col gap-10">
        <Section title="In production">
          {production.length === 0 ? (
            <Empty icon={<Rocket aria-hidden="true" />} title="Nothing is in production yet">
              {bundles.length > 0 ? 'Promote one of the bundles below.' : 'A run that succeeds makes the first bundle.'}
            </Empty>
          ) : (
            <div className="grid gap-3">
              {production.map((deployment) => (
                <div key={deployment.id}>
                  <LiveBundle deployment={deployment} />
                  {operator && canRollBack(history, deployment) ? (
                    <div className="mt-2 flex justify-end">
                      <ReasonDialog
                        button={
                          <>
                            <Undo2 aria-hidden="true" />
                            Roll back
                          </>
                        }
                        title={`Roll back ${deployment.bundle.backbone}`}
                        confirm="Roll back"
                        placeholder="Too many photos of the new camera are called novel"
                        action={rollBack.bind(null, deployment.bundle.backbone)}
                      >
                        Production goes back to the bundle that was promoted before version{' '}
                        {deployment.bundle.versionNumber}. Verdicts change at once.
                      </ReasonDialog>
                    </div>
                  ) : null}
                </div>
              ))}
            </div>
          )}
        </Section>
        <Section title="Bundles" lead="What successful runs ended in, or people put together. Each is ready to answer.">
          {bundles.length === 0 ? (
            <Empty title="No bundles yet" />
          ) : (
            <Bundles bundles={bundles} live={live} operator={operator} />
          )}
        </Section>
        <Section title="History" lead="Nothing is ever taken out of it.">
          {history.length === 0 ? (
            <Empty icon={<History aria-hidden="true" />} title="Nothing has been promoted yet" />
          ) : (
            <Entries history={history} />
          )}
        </Section>
      </div>
    </>
  );
}

/** Whether some other bundle was there before; the service decides, this only spares a button that cannot work. */
function canRollBack(history: readonly DeploymentView[], current: DeploymentView): boolean {
  return history.some(
    ({ alias, bundle }) =>
      alias === 'production' && bundle.backbone === current.bundle.backbone && bundle.id !== current.bundle.id,
  );
}

function nameOf(bundle: BundleView): string {
  return `${bundle.backbone} version ${bundle.versionNumber}`;
}

function Bundles({
  bundles,
  live,
  operator,
}: {
  bundles: readonly BundleView[];
  live: ReadonlySet<string>;
  operator: boolean;
}) {
  return (
    <Card className="overflow-hidden">
      <Table label="Bundles">
        <thead>
          <tr>
            <HeadCell>Backbone version</HeadCell>
            <HeadCell>Detector</HeadCell>
            <HeadCell className="text-right">AUROC, worst group</HeadCell>
            <HeadCell className="text-right">Missed at 5 %</HeadCell>
            <HeadCell>Made</HeadCell>
            <HeadCell>
              <span className="sr-only">Promote</span>
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {bundles.map((bundle) => (
            <tr key={bundle.id} className="border-b border-line last:border-0">
              <Cell className="whitespace-nowrap">
                <Link href={`/versions/${bundle.versionDigest}`} className="font-medium hover:underline">
                  {nameOf(bundle)}
                </Link>
              </Cell>
              <Cell className="whitespace-nowrap">{bundle.detector ? methodName(bundle.detector.method) : '–'}</Cell>
              <Cell className="figures text-right">{formatUnit(bundle.detector?.worst?.auroc)}</Cell>
              <Cell className="figures text-right">
                {formatPercent(bundle.detector?.overall?.missRateAtFalseAlarm5)}
              </Cell>
              <Cell className="text-xs whitespace-nowrap text-soft">
                <Ago at={bundle.createdAt} />
              </Cell>
              <Cell className="h-14 text-right">
                {live.has(bundle.id) ? (
                  <Badge tone="accent">In production</Badge>
                ) : operator ? (
                  <ReasonDialog
                    button={
                      <>
                        <Rocket aria-hidden="true" />
                        Promote
                      </>
                    }
                    title={`Promote ${nameOf(bundle)}`}
                    confirm="Promote"
                    placeholder="Misses fewer photos of the worst group"
                    action={promoteBundle.bind(null, bundle.id)}
                  >
                    {bundle.detector ? methodName(bundle.detector.method) : 'Its detector'} and its threshold go to
                    production with it. Verdicts change at once.
                  </ReasonDialog>
                ) : null}
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function Entries({ history }: { history: readonly DeploymentView[] }) {
  return (
    <ol className="relative ml-2 border-l border-line">
      {history.map((entry) => (
        <li key={entry.id} className="relative pb-5 pl-5 last:pb-0">
          <span
            className={`absolute top-1.5 -left-[5px] size-2.5 rounded-full border-2 border-paper ${entry.action === 'promote' ? 'bg-accent' : 'bg-unsure'}`}
            aria-hidden="true"
          />
          <p className="text-sm">
            <span className="font-medium">{entry.action === 'promote' ? 'Promoted' : 'Rolled back to'}</span>{' '}
            <Link
              href={`/versions/${entry.bundle.versionDigest}`}
              className="underline decoration-line-strong underline-offset-2 hover:decoration-ink"
            >
              {nameOf(entry.bundle)}
            </Link>
            {entry.bundle.detector ? ` with ${methodName(entry.bundle.detector.method)}` : ''}
            {entry.alias === 'shadow' ? ' as shadow' : ''}
          </p>
          <p className="text-sm text-soft">“{entry.reason}”</p>
          <p className="mt-0.5 text-xs text-faint">
            {entry.author}, <Ago at={entry.at} />
          </p>
        </li>
      ))}
    </ol>
  );
}
