import { Suspense } from 'react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { connection } from 'next/server';
import { isDigest } from '@outsider/domain';
import { Ago } from '../../../../components/ago.tsx';
import { Badge } from '../../../../components/badge.tsx';
import { Card, Section } from '../../../../components/card.tsx';
import { DetectionResults } from '../../../../components/detection-results.tsx';
import { DigestText } from '../../../../components/digest.tsx';
import { Lineage } from '../../../../components/lineage.tsx';
import { PageTitle } from '../../../../components/page-title.tsx';
import { Placeholder } from '../../../../components/placeholder.tsx';
import { SettingsList } from '../../../../components/settings-list.tsx';
import { findDetectorOfBundle } from '../../../../data/detectors.ts';
import { findRun } from '../../../../data/runs.ts';
import { requireSession } from '../../../../data/session.ts';
import { findSnapshot } from '../../../../data/snapshots.ts';
import { findVersion, findVersionUse, listVersions } from '../../../../data/versions.ts';
import { formatCount, formatPercent } from '../../../../views/format.ts';
import { layerNames } from '../../../../views/words.ts';

export const metadata: Metadata = { title: 'Backbone version' };

interface VersionPageProps {
  params: Promise<{ digest: string }>;
  searchParams: Promise<{ detector?: string | string[] }>;
}

export default async function VersionPage({ params, searchParams }: VersionPageProps) {
  await connection();
  await requireSession();
  const { digest } = await params;
  const version = isDigest(digest) ? await findVersion(digest) : undefined;
  if (!version) notFound();
  const { detector: selected } = await searchParams;
  const [run, snapshot, siblings, use] = await Promise.all([
    version.runId ? findRun(version.runId) : undefined,
    findSnapshot(version.snapshotDigest),
    listVersions(version.backbone),
    findVersionUse(version),
  ]);
  const { inProduction } = use;
  const chosen = run?.bundleId ? await findDetectorOfBundle(run.bundleId) : use.detector;
  const { preprocessing, imported } = version;

  return (
    <>
      <PageTitle
        title={`${version.backbone} version ${version.number}`}
        badges={inProduction ? <Badge tone="accent">In production</Badge> : null}
        trail={
          run
            ? [
                { label: 'Experiments', href: '/experiments' },
                { label: run.experiment, href: `/experiments/${run.experimentId}` },
                { label: `Run ${run.number}`, href: `/runs/${run.id}` },
              ]
            : []
        }
        lead={
          <>
            Immutable weights, architecture and preprocessing,{' '}
            {imported ? `imported from ${imported.file} by ${imported.by}` : 'registered'}{' '}
            <Ago at={version.createdAt.toISOString()} />
          </>
        }
      />
      <div className="flex flex-col gap-10">
        <Section title="Where it comes from">
          <Lineage
            version={version}
            run={run}
            dataset={snapshot?.dataset}
            chosen={chosen}
            inProduction={inProduction}
          />
        </Section>
        <Section title="What it is">
          <Card className="p-4 sm:p-5">
            <SettingsList
              settings={[
                ['Digest', <DigestText key="digest" digest={version.digest} what="the version" />],
                ['Architecture', version.architecture],
                ['Classes', version.classes.join(', ')],
                [
                  'Layers',
                  version.layers
                    .map(({ layer, dimension }) => `${layerNames[layer] ?? layer} ${formatCount(dimension)}`)
                    .join(', '),
                ],
                [
                  'Input',
                  `${preprocessing.size[1]} × ${preprocessing.size[0]} pixels, ${preprocessing.fit === 'stretch' ? 'stretched' : `centre crop${preprocessing.cropShare ? ` of ${formatPercent(preprocessing.cropShare)}` : ''}`}, ${preprocessing.channelOrder.toUpperCase()}`,
                ],
                ...(imported ? [['Relevant layer in the file', imported.layer] as [string, string]] : []),
                [
                  imported ? 'Version differs by' : 'Export differs by',
                  `${version.exportDifference.toExponential(1)} at most from ${imported ? 'the file' : 'TensorFlow.js'}`,
                ],
                [
                  imported ? 'Imported file' : 'Weights it grew from',
                  <DigestText
                    key="weights"
                    digest={version.weightsDigest}
                    what={imported ? 'the imported file' : 'the pretrained weights'}
                  />,
                ],
                ['ONNX file', <DigestText key="onnx" digest={version.onnxArtifact} what="the ONNX file" />],
              ]}
            />
          </Card>
        </Section>
        <Section title="Detectors" lead="Fitted on this version; they score no other.">
          <Suspense fallback={<Placeholder height={720} label="Detectors" />}>
            <DetectionResults
              backboneVersion={version.digest}
              selected={typeof selected === 'string' ? selected : undefined}
              chosen={chosen?.id ?? null}
              path={`/versions/${version.digest}`}
            />
          </Suspense>
        </Section>
        {siblings.length > 1 ? (
          <Section title={`All versions of ${version.backbone}`}>
            <Card>
              <ol>
                {siblings.map((sibling) => (
                  <li
                    key={sibling.digest}
                    className="flex items-center justify-between gap-4 border-b border-line px-4 py-2.5 text-sm last:border-0"
                  >
                    <Link
                      href={`/versions/${sibling.digest}`}
                      aria-current={sibling.digest === version.digest ? 'page' : undefined}
                      className="font-medium hover:underline aria-[current=page]:text-accent"
                    >
                      Version {sibling.number}
                    </Link>
                    <span className="text-xs text-soft">
                      <Ago at={sibling.createdAt.toISOString()} />
                    </span>
                  </li>
                ))}
              </ol>
            </Card>
          </Section>
        ) : null}
      </div>
    </>
  );
}
