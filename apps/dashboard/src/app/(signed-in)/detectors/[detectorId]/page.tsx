import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { connection } from 'next/server';
import { mayAct } from '@outsider/domain';
import { Rocket } from 'lucide-react';
import { promoteDetector } from '../../../../actions/deployments.ts';
import { Ago } from '../../../../components/ago.tsx';
import { Badge } from '../../../../components/badge.tsx';
import { Card, Section } from '../../../../components/card.tsx';
import { PageTitle } from '../../../../components/page-title.tsx';
import { LeftOutTable } from '../../../../components/left-out-table.tsx';
import { RateTable } from '../../../../components/rate-table.tsx';
import { ReasonDialog } from '../../../../components/reason-dialog.tsx';
import { SettingsList } from '../../../../components/settings-list.tsx';
import { ThresholdEditor } from '../../../../components/threshold-editor.tsx';
import { listProduction } from '../../../../data/deployments.ts';
import { findDetector } from '../../../../data/detectors.ts';
import { readScores } from '../../../../data/scores.ts';
import { requireSession } from '../../../../data/session.ts';
import { listThresholds } from '../../../../data/thresholds.ts';
import { findVersion } from '../../../../data/versions.ts';
import { formatBytes, formatScore, formatSeconds, formatSetting } from '../../../../views/format.ts';
import { policyName } from '../../../../views/policy-words.ts';
import { variantRates } from '../../../../views/variant-rates.ts';
import { drawnVariants, layerNames, methodName } from '../../../../views/words.ts';

export const metadata: Metadata = { title: 'Detector' };

export default async function DetectorPage({ params }: { params: Promise<{ detectorId: string }> }) {
  await connection();
  const { principal } = await requireSession();
  const detector = await findDetector((await params).detectorId);
  if (!detector) notFound();
  const [scores, thresholds, version, production] = await Promise.all([
    readScores(detector),
    listThresholds(detector.id),
    findVersion(detector.backboneVersion),
    listProduction(),
  ]);
  const { threshold } = detector;
  const operator = mayAct(principal.role, 'operator');
  const live = production.some(
    ({ bundle }) => bundle.detector?.id === detector.id && bundle.threshold.id === threshold?.id,
  );
  const versionName = version ? `${version.backbone} version ${version.number}` : 'Backbone version';
  const { byClass = [], byGroup = [], abstained, abstainedIrrelevant } = threshold?.operatingPoint ?? {};
  const withoutVerdict = [
    { name: 'Relevant', rate: abstained },
    { name: 'Irrelevant', rate: abstainedIrrelevant },
  ].flatMap(({ name, rate }) => (rate ? [{ name, rate }] : []));

  return (
    <>
      <PageTitle
        title={methodName(detector.method)}
        badges={live ? <Badge tone="accent">In production</Badge> : null}
        actions={
          operator && threshold && !live ? (
            <Promote detectorId={detector.id} name={methodName(detector.method)} versionName={versionName} />
          ) : null
        }
        trail={[{ label: versionName, href: `/versions/${detector.backboneVersion}` }]}
        lead={
          <>
            Fitted on {versionName}, <Ago at={detector.createdAt} />
          </>
        }
      />
      <div className="flex flex-col gap-10">
        <Section
          title="Threshold"
          lead="Move it and see what it would do to photos that nothing was fitted on. Scores above it are novel."
        >
          <ThresholdEditor
            key={threshold?.id}
            detectorId={detector.id}
            bins={scores.bins}
            relevant={scores.relevant}
            irrelevant={scores.irrelevant}
            threshold={threshold}
            operator={operator}
          />
        </Section>
        {byClass.length > 0 || byGroup.length > 0 ? (
          <Section title="What the threshold in force does" lead="Rates with their 95 % Clopper–Pearson intervals.">
            <div className="grid gap-4 lg:grid-cols-2">
              {byClass.length > 0 ? <RateTable title="False alarms by class" tone="relevant" rows={byClass} /> : null}
              {byGroup.length > 0 ? <RateTable title="Misses by irrelevant group" tone="novel" rows={byGroup} /> : null}
              {withoutVerdict.length > 0 ? (
                <RateTable title="Left to a person" tone="relevant" rows={withoutVerdict} />
              ) : null}
            </div>
          </Section>
        ) : null}
        {detector.robustness.length > 0 ? (
          <Section
            title="Under worse conditions"
            lead="Pictures made from held-out relevant photos, and pictures of nothing, at the threshold fixed when the detector was fitted."
          >
            <div className="grid gap-4 lg:grid-cols-2">
              <RateTable
                title="Distorted relevant photos called novel"
                tone="relevant"
                rows={variantRates(detector.robustness, (variant) => !drawnVariants.includes(variant))}
              />
              <RateTable
                title="Drawn pictures called novel"
                tone="novel"
                rows={variantRates(detector.robustness, (variant) => drawnVariants.includes(variant))}
              />
            </div>
          </Section>
        ) : null}
        {detector.leftOut.length > 0 ? (
          <Section
            title="Groups it has seen, and groups it has not"
            lead="Each irrelevant group judged twice: with other photos of it learnt from, and with the whole group left out. The automatic choice goes by the second."
          >
            <LeftOutTable groups={detector.leftOut} />
          </Section>
        ) : null}
        <Section title="Thresholds so far" lead="Kept for good; the newest activation counts.">
          <Card>
            {thresholds.length === 0 ? <p className="px-4 py-3 text-sm text-soft">None yet.</p> : null}
            <ol>
              {thresholds.map((one) => (
                <li
                  key={one.id}
                  className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 border-b border-line px-4 py-2.5 text-sm last:border-0"
                >
                  <span className="min-w-0">
                    <span className="figures font-medium">{formatScore(one.value)}</span>{' '}
                    <span className="text-soft">{policyName(one.policy)}</span>
                    {one.id === threshold?.id ? (
                      <span className="ml-2 text-xs font-medium text-accent">in force</span>
                    ) : null}
                    <span className="block text-soft">“{one.reason}”</span>
                  </span>
                  <span className="text-xs text-faint">
                    {one.author}, <Ago at={one.createdAt} />
                  </span>
                </li>
              ))}
            </ol>
          </Card>
        </Section>
        <Section title="What it is">
          <Card className="p-4 sm:p-5">
            <SettingsList
              settings={[
                ['Method', detector.method],
                ['Reads', detector.layers.map((layer) => layerNames[layer] ?? layer).join(', ')],
                ['Fitted in', formatSeconds(detector.fitSeconds)],
                ['Size', formatBytes(detector.stateBytes)],
                ...Object.entries(detector.options).map(([name, value]) => [name, formatSetting(value)] as const),
                [
                  'Backbone version',
                  <Link
                    key="version"
                    href={`/versions/${detector.backboneVersion}`}
                    className="underline underline-offset-2"
                  >
                    {versionName}
                  </Link>,
                ],
              ]}
            />
          </Card>
        </Section>
      </div>
    </>
  );
}

function Promote({ detectorId, name, versionName }: { detectorId: string; name: string; versionName: string }) {
  return (
    <ReasonDialog
      button={
        <>
          <Rocket aria-hidden="true" />
          Promote
        </>
      }
      title={`Promote ${name}`}
      confirm="Promote"
      placeholder="Its threshold fits the new cameras better"
      action={promoteDetector.bind(null, detectorId)}
    >
      {versionName}, this detector and its threshold in force go to production together. Verdicts change at once.
    </ReasonDialog>
  );
}
