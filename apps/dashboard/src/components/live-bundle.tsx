import Link from 'next/link';
import { Rocket } from 'lucide-react';
import type { DeploymentView } from '../data/deployments.ts';
import { countOf, formatPercent, formatScore, formatUnit } from '../views/format.ts';
import { guaranteeSentence } from '../views/policy-words.ts';
import { methodName } from '../views/words.ts';
import { Ago } from './ago.tsx';
import { Badge } from './badge.tsx';
import { Card } from './card.tsx';
import { Figure, Figures } from './figure.tsx';

/** What answers in production: backbone version, detector and threshold, and what they promise. */
export function LiveBundle({ deployment }: { deployment: DeploymentView }) {
  const { bundle } = deployment;
  const { detector, threshold } = bundle;
  return (
    <Card className="p-4 sm:p-5">
      <div className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-2">
            <Rocket className="size-4 text-accent" aria-hidden="true" />
            <h3 className="font-semibold">
              <Link href={`/versions/${bundle.versionDigest}`} className="hover:underline">
                {bundle.backbone} version {bundle.versionNumber}
              </Link>
            </h3>
            <Badge tone="accent">In production</Badge>
          </div>
          <p className="mt-1 text-sm text-soft">
            Knows {countOf(bundle.classes.length, 'class', 'classes')}: {bundle.classes.join(', ')}
          </p>
        </div>
        <p className="text-xs text-soft sm:text-right">
          {deployment.action === 'promote' ? 'Promoted' : 'Rolled back to'} <Ago at={deployment.at} />
          <span className="sm:block"> by {deployment.author}</span>
        </p>
      </div>
      <Figures>
        <Figure
          words
          label="Detector"
          value={
            detector ? (
              <Link href={`/detectors/${detector.id}`} className="hover:underline">
                {methodName(detector.method)}
              </Link>
            ) : (
              '–'
            )
          }
          note={`${bundle.architecture} backbone`}
        />
        <Figure
          label="AUROC, worst group"
          value={formatUnit(detector?.worst?.auroc)}
          note={
            detector?.worst
              ? `${detector.worst.group}, ${formatUnit(detector.overall?.auroc)} over all`
              : 'no irrelevant photos'
          }
        />
        <Figure
          label="Missed at 5 %"
          value={formatPercent(detector?.overall?.missRateAtFalseAlarm5)}
          note="of irrelevant photos"
        />
        <Figure
          label="Threshold"
          value={formatScore(threshold.value)}
          note={
            threshold.operatingPoint.falseAlarm
              ? `${formatPercent(threshold.operatingPoint.falseAlarm.value)} false alarms measured`
              : undefined
          }
        />
      </Figures>
      <p className="mt-4 border-t border-line pt-3 text-sm text-soft">
        {guaranteeSentence(threshold.policy, threshold.calibrationPhotos)}
      </p>
    </Card>
  );
}
