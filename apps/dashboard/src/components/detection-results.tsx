import Link from 'next/link';
import { SlidersHorizontal } from 'lucide-react';
import { RocChart } from '../charts/roc-chart.tsx';
import { listDetectors, readRefusals, type DetectorView } from '../data/detectors.ts';
import { readScores } from '../data/scores.ts';
import { formatScore } from '../views/format.ts';
import { guaranteeSentence } from '../views/policy-words.ts';
import { toSentence } from '../views/to-sentence.ts';
import { methodName } from '../views/words.ts';
import { buttonClass } from './button.tsx';
import { Card } from './card.tsx';
import { DetectorChoice } from './detector-choice.tsx';
import { GroupResults } from './group-results.tsx';
import { Empty } from './empty.tsx';
import { Notice } from './notice.tsx';

interface DetectionResultsProps {
  backboneVersion: string;
  /** Id of the detector to show; the chosen or best one when it is none of these. */
  selected: string | undefined;
  chosen: string | null;
  path: string;
}

/** Curves drawn on top of each other; more would be a tangle. */
const comparedCurves = 6;

/** What the detectors of a version can do, and one of them in detail. */
export async function DetectionResults({ backboneVersion, selected, chosen, path }: DetectionResultsProps) {
  const listed = await listDetectors(backboneVersion);
  const detectors = [...listed.filter(({ id }) => id === chosen), ...listed.filter(({ id }) => id !== chosen)];
  const shown =
    detectors.find(({ id }) => id === selected) ?? detectors.find(({ id }) => id === chosen) ?? detectors[0];
  if (!shown) return <Empty title="No detectors yet">They are fitted after the backbone is trained.</Empty>;
  const compared = [shown, ...detectors.filter((detector) => detector !== shown)].slice(0, comparedCurves);
  const [scores, others, refusals] = await Promise.all([
    readScores(shown),
    Promise.all(compared.map(readScores)),
    readRefusals(detectors),
  ]);
  const { notFitted, withoutThreshold } = refusals;

  return (
    <div className="flex flex-col gap-4">
      <DetectorChoice detectors={detectors} selected={shown.id} chosen={chosen} path={path} />
      {notFitted.length > 0 ? (
        <Notice>
          Not fitted: {notFitted.map(({ method, reason }) => `${methodName(method)} (${reason})`).join('; ')}.
        </Notice>
      ) : null}
      <ShownDetector
        detector={shown}
        refusal={withoutThreshold.find(({ method }) => method === shown.method)?.reason}
      />
      <GroupResults detector={shown} scores={scores} />
      {scores.irrelevant.photos > 0 ? (
        <div className="grid gap-4 lg:grid-cols-2">
          <Card className="p-4">
            <RocChart
              title={`${methodName(shown.method)}, each irrelevant group`}
              series={scores.groups.map((group) => ({ label: group.name, auroc: group.auroc, points: group.roc }))}
            />
          </Card>
          <Card className="p-4">
            <RocChart
              title={
                compared.length < detectors.length
                  ? `All groups together, ${compared.length} of ${detectors.length} detectors`
                  : 'All groups together, each detector'
              }
              series={compared.map((detector, i) => ({
                label: methodName(detector.method),
                auroc: others[i]!.irrelevant.auroc,
                points: others[i]!.irrelevant.roc,
              }))}
            />
          </Card>
        </div>
      ) : (
        <Notice>The snapshot holds no irrelevant photos to test with, so how many would be missed is not known.</Notice>
      )}
    </div>
  );
}

function ShownDetector({ detector, refusal }: { detector: DetectorView; refusal: string | undefined }) {
  const { threshold } = detector;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <div className="min-w-0">
        <h3 className="font-semibold">{methodName(detector.method)}</h3>
        <p className="max-w-3xl text-sm text-soft">
          {threshold ? (
            <>
              A photo is novel when its score exceeds{' '}
              <span className="figures font-medium text-ink">{formatScore(threshold.value)}</span>.{' '}
              {guaranteeSentence(threshold.policy, threshold.calibrationPhotos)}
            </>
          ) : (
            `No threshold is in force, so this detector gives scores but no verdicts${refusal ? `: ${refusal}` : ''}.`
          )}
        </p>
        {detector.choice ? <p className="max-w-3xl text-sm text-soft">{toSentence(detector.choice)}</p> : null}
      </div>
      <Link href={`/detectors/${detector.id}`} className={buttonClass('plain')}>
        <SlidersHorizontal aria-hidden="true" />
        Threshold
      </Link>
    </div>
  );
}
