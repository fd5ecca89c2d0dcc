import { Suspense } from 'react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { connection } from 'next/server';
import { isFinal, mayAct } from '@outsider/domain';
import { ConfusionMatrix } from '../../../../charts/confusion-matrix.tsx';
import { ActivationResults } from '../../../../components/activation-results.tsx';
import { Ago } from '../../../../components/ago.tsx';
import { Badge, StateBadge } from '../../../../components/badge.tsx';
import { CancelRun } from '../../../../components/cancel-run.tsx';
import { Card, Section } from '../../../../components/card.tsx';
import { DetectionResults } from '../../../../components/detection-results.tsx';
import { DigestText } from '../../../../components/digest.tsx';
import { Figure, Figures } from '../../../../components/figure.tsx';
import { Elapsed } from '../../../../components/elapsed.tsx';
import { LiveAccuracy } from '../../../../components/live-accuracy.tsx';
import { LiveFigures } from '../../../../components/live-figures.tsx';
import { LiveRunProvider } from '../../../../components/live-run-provider.tsx';
import { MistakeGallery } from '../../../../components/mistake-gallery.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { PageLinks } from '../../../../components/page-links.tsx';
import { PageTitle } from '../../../../components/page-title.tsx';
import { Placeholder } from '../../../../components/placeholder.tsx';
import { Retrain } from '../../../../components/retrain.tsx';
import { RunCurves } from '../../../../components/run-curves.tsx';
import { RunLog } from '../../../../components/run-log.tsx';
import { RunTimeline } from '../../../../components/run-timeline.tsx';
import { SettingsList } from '../../../../components/settings-list.tsx';
import { SnapshotReport } from '../../../../components/snapshot-report.tsx';
import { TrainingFigures } from '../../../../components/training-figures.tsx';
import { findDetectorOfBundle, listDetectors } from '../../../../data/detectors.ts';
import { readLiveRun } from '../../../../data/live.ts';
import { findRun, type RunView } from '../../../../data/runs.ts';
import { requireSession } from '../../../../data/session.ts';
import { findSnapshot } from '../../../../data/snapshots.ts';
import { formatPercent, formatSeconds, formatUnit } from '../../../../views/format.ts';
import { describeRecipe, trainedWords } from '../../../../views/recipe-words.ts';
import { methodName } from '../../../../views/words.ts';
import { toSentence } from '../../../../views/to-sentence.ts';

interface RunPageProps {
  params: Promise<{ runId: string }>;
  searchParams: Promise<{ detector?: string | string[] }>;
}

export async function generateMetadata({ params }: RunPageProps): Promise<Metadata> {
  await requireSession();
  const run = await findRun((await params).runId);
  return { title: run ? `Run ${run.number}, ${run.experiment}` : 'Run' };
}

export default async function RunPage({ params, searchParams }: RunPageProps) {
  await connection();
  const { principal } = await requireSession();
  const run = await findRun((await params).runId);
  if (!run) notFound();
  const { detector: selected } = await searchParams;
  const [live, snapshot, chosen, detectors] = await Promise.all([
    readLiveRun(run),
    findSnapshot(run.snapshotDigest),
    run.bundleId ? findDetectorOfBundle(run.bundleId) : undefined,
    run.backboneVersion ? listDetectors(run.backboneVersion) : [],
  ]);
  const operator = mayAct(principal.role, 'operator');
  const { confusion, mistakes, training, validationPhotos } = run.figures;
  const version = run.backboneVersion;

  return (
    <LiveRunProvider runId={run.id} initial={live} key={run.id}>
      <PageTitle
        title={`Run ${run.number}`}
        trail={[
          { label: 'Experiments', href: '/experiments' },
          { label: run.experiment, href: `/experiments/${run.experimentId}` },
        ]}
        badges={
          <>
            <StateBadge state={run.state} />
            {run.inProduction ? <Badge tone="accent">In production</Badge> : null}
          </>
        }
        lead={
          <>
            Asked for by {run.createdBy}, <Ago at={run.createdAt} />
            {run.parent ? (
              <>
                ; retrains{' '}
                <Link href={`/runs/${run.parent.id}`} className="underline underline-offset-2 hover:text-ink">
                  run {run.parent.number}
                </Link>
              </>
            ) : null}
          </>
        }
        actions={
          operator ? (
            <>
              {isFinal(run.state) ? null : <CancelRun runId={run.id} requested={run.cancelRequested} />}
              <Retrain
                runId={run.id}
                number={run.number}
                recipe={run.recipe}
                plan={run.plan}
                methods={methodsOf(run, detectors)}
                spans={live.spans}
              />
            </>
          ) : null
        }
      />
      <PageLinks
        links={[
          { href: '#progress', label: 'Progress' },
          { href: '#training', label: 'Training' },
          ...(version
            ? [
                { href: '#detection', label: 'Detection' },
                { href: '#activations', label: 'Activations' },
              ]
            : []),
          { href: '#photos', label: 'Photos' },
          { href: '#settings', label: 'Settings' },
          { href: '#log', label: 'Log' },
        ]}
      />
      <div className="flex flex-col gap-10">
        {run.state === 'failed' ? (
          <Notice tone="bad">
            {toSentence(run.error ?? 'the run failed without a reason')}
            {run.failureClass ? <span className="block text-xs">{failureWords[run.failureClass]}</span> : null}
          </Notice>
        ) : null}
        <Section id="progress" title="Progress">
          <Card className="p-4 sm:p-5">
            <KeyFigures run={run} method={chosen?.method ?? null} />
            <RunTimeline />
          </Card>
        </Section>
        <Section id="training" title="Training" lead={trainedWords[run.recipe.name]}>
          <RunCurves>
            {confusion && snapshot ? (
              <Card className="p-4">
                <h3 className="mb-2 text-sm font-medium">Which classes are taken for which</h3>
                <ConfusionMatrix classes={snapshot.classes} counts={confusion} />
              </Card>
            ) : null}
          </RunCurves>
          {training ? (
            <Card className="mt-4 p-4">
              <h3 className="mb-3 text-sm font-medium">How the training went</h3>
              <TrainingFigures figures={training} />
            </Card>
          ) : null}
          {mistakes ? (
            <Card className="mt-4 p-4">
              <h3 className="mb-2 text-sm font-medium">Mistakes</h3>
              <MistakeGallery mistakes={mistakes} photos={validationPhotos} />
            </Card>
          ) : null}
        </Section>
        {version ? (
          <>
            <Section
              id="detection"
              title="Detection"
              lead="Measured on photos that no detector was fitted or calibrated on. Missed at 5 %: irrelevant photos that pass as relevant when 5 % of the relevant ones are called novel."
            >
              <Suspense fallback={<Placeholder height={720} label="Detection" />}>
                <DetectionResults
                  backboneVersion={version}
                  selected={typeof selected === 'string' ? selected : undefined}
                  chosen={chosen?.id ?? null}
                  path={`/runs/${run.id}`}
                />
              </Suspense>
            </Section>
            <Section id="activations" title="Activations">
              <Suspense fallback={<Placeholder height={640} label="Activations" />}>
                <ActivationResults snapshotDigest={run.snapshotDigest} backboneVersion={version} />
              </Suspense>
            </Section>
          </>
        ) : null}
        <Section id="photos" title="Photos">
          {snapshot ? (
            <SnapshotReport snapshot={snapshot} />
          ) : (
            <p className="text-sm text-soft">The snapshot is not stored.</p>
          )}
        </Section>
        <Section id="settings" title="Settings">
          <Card className="p-4 sm:p-5">
            <RunSettings run={run} />
          </Card>
        </Section>
        <Section id="log" title="Log">
          <RunLog />
        </Section>
      </div>
    </LiveRunProvider>
  );
}

const failureWords = {
  input: 'The photos or settings are not what the run needs.',
  code: 'This is a defect of Outsider.',
  infrastructure: 'The machine gave out: memory, disk, or a lost worker.',
} as const;

function KeyFigures({ run, method }: { run: RunView; method: string | null }) {
  return (
    <div className="mb-5 border-b border-line pb-5">
      <Figures>
        {isFinal(run.state) || run.backboneVersion ? <FinalFigures run={run} method={method} /> : <LiveFigures />}
        <Figure
          label={isFinal(run.state) ? 'Took' : 'Running for'}
          value={!isFinal(run.state) && run.startedAt ? <Elapsed since={run.startedAt} /> : formatSeconds(run.seconds)}
          note={run.backend ? `TensorFlow.js on ${run.backend}` : undefined}
        />
        {run.backboneVersion ? (
          <Figure
            words
            label="Backbone version"
            value={
              <Link
                href={`/versions/${run.backboneVersion}`}
                className="font-mono text-base underline decoration-line-strong underline-offset-4 hover:decoration-ink"
              >
                {run.backboneVersion.slice(0, 8)}
              </Link>
            }
            note={run.backbone}
          />
        ) : null}
      </Figures>
    </div>
  );
}

function FinalFigures({ run, method }: { run: RunView; method: string | null }) {
  return (
    <>
      <Figure
        label="Validation accuracy"
        value={
          run.figures.validationAccuracy === null ? <LiveAccuracy /> : formatPercent(run.figures.validationAccuracy)
        }
        note="of held-out relevant photos"
      />
      <Figure
        label="AUROC, worst group"
        value={formatUnit(run.worst?.auroc)}
        note={run.worst?.group ?? 'irrelevant photos told apart'}
      />
      <Figure words label="Detector chosen" value={method ? methodName(method) : '–'} note="by its worst group" />
    </>
  );
}

function RunSettings({ run }: { run: RunView }) {
  const { recipe, plan } = run;
  return (
    <SettingsList
      settings={[
        ...describeRecipe(recipe),
        ['Detectors', plan.methods.length > 0 ? plan.methods.map(methodName).join(', ') : 'all that can be fitted'],
        ['False alarms', `at most ${formatPercent(plan.falseAlarmRate)}`],
        ['Confidence', formatPercent(plan.confidence)],
        ['Promote when done', plan.promote ? 'yes' : 'no'],
        ['Snapshot', <DigestText key="snapshot" digest={run.snapshotDigest} what="the snapshot" />],
      ]}
    />
  );
}

/** What can be asked for again: what was fitted, and what was asked for by name. */
function methodsOf(run: RunView, detectors: readonly { readonly method: string }[]): string[] {
  return [...new Set([...run.plan.methods, ...detectors.map(({ method }) => method)])];
}
