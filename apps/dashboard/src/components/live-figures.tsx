'use client';

import { formatScore, formatSetting } from '../views/format.ts';
import type { MetricSeries } from '../views/live-run.ts';
import { smoothSeries } from '../views/smooth-series.ts';
import { stageWords } from '../views/words.ts';
import { Figure } from './figure.tsx';
import { LiveAccuracy } from './live-accuracy.tsx';
import { useLiveRun } from './live-run-provider.tsx';
import { TimeLeft } from './time-left.tsx';

/** How the training goes at the moment: what the final figures take the place of. */
export function LiveFigures() {
  const { series, spans } = useLiveRun();
  const loss = recently(series['train.loss']);
  const rate = recently(series['samplesPerSecond']);
  const stage = spans.at(-1)?.stage;
  return (
    <>
      <Figure label="Validation accuracy" value={<LiveAccuracy />} note="of held-out relevant photos" />
      <Figure label="Training loss" value={formatScore(loss)} note="over the last steps" />
      <Figure
        label="Images a second"
        value={rate === null ? '–' : formatSetting(Number(rate.toPrecision(2)))}
        note="trained on"
      />
      <Figure
        label="Time left"
        value={<TimeLeft otherwise="–" />}
        note={stage && stage in stageWords ? `of “${stageWords[stage as keyof typeof stageWords]}”` : 'of this stage'}
      />
    </>
  );
}

/** One step's value jumps; this is the mean of about the last ten. */
function recently(series: MetricSeries | undefined): number | null {
  return series ? (smoothSeries(series, 0.9).values.at(-1) ?? null) : null;
}
