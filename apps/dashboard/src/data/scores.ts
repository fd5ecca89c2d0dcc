import 'server-only';
import { decodeNpy } from '@outsider/artifacts';
import { scoreBins, toHistogram, type Bins } from '../views/histogram.ts';
import { areaUnder, toRocCurve, type RocPoint } from '../views/roc-curve.ts';
import type { DetectorView } from './detectors.ts';
import { remember } from './remember.ts';
import { readSnapshotItems } from './snapshots.ts';
import { artifacts } from './store.ts';

const binCount = 48;

/** A detector's scores of photos that nothing was fitted or calibrated on, ready to draw. */
export interface ScoreView {
  readonly bins: Bins;
  /** Where the threshold lies between the ends of the bins, 0…1; null without one. */
  readonly cut: number | null;
  readonly relevant: ScoreGroup;
  readonly groups: readonly (ScoreGroup & {
    readonly name: string;
    readonly roc: readonly RocPoint[];
    readonly auroc: number;
  })[];
  /** All irrelevant groups together. */
  readonly irrelevant: ScoreGroup & { readonly roc: readonly RocPoint[]; readonly auroc: number };
  /** Relevant photos kept for calibration. */
  readonly calibration: ScoreGroup;
}

interface ScoreGroup {
  readonly photos: number;
  readonly histogram: readonly number[];
  /** Share above the threshold; null without one or without photos. */
  readonly novel: number | null;
}

/** Kept by what the answer depends on: the scores, their snapshot, the threshold. All are immutable. */
const scoreViews = remember(64, async (key): Promise<ScoreView> => {
  const { scoresArtifact, snapshotDigest, threshold } = JSON.parse(key) as {
    scoresArtifact: string;
    snapshotDigest: string;
    threshold: number | null;
  };
  const store = await artifacts();
  const [bytes, items] = await Promise.all([store.getBytes(scoresArtifact), readSnapshotItems(snapshotDigest)]);
  const scores = decodeNpy(bytes).data;
  const where = (keep: (item: (typeof items)[number]) => boolean) =>
    items.flatMap((item, i) => (keep(item) ? [Number(scores[i])] : []));

  const test = where((item) => item.split === 'test' && item.label !== null);
  const irrelevant = where((item) => item.split === 'test' && item.group !== null);
  const calibration = where((item) => item.split === 'calibrate' && item.label !== null);
  const names = [
    ...new Set(items.flatMap((item) => (item.split === 'test' && item.group !== null ? [item.group] : []))),
  ].sort();
  const bins = scoreBins([...test, ...calibration], [irrelevant], binCount, threshold === null ? [] : [threshold]);
  const group = (values: number[]): ScoreGroup => ({
    photos: values.length,
    histogram: toHistogram(values, bins),
    novel:
      threshold === null || values.length === 0
        ? null
        : values.filter((score) => score > threshold).length / values.length,
  });
  const against = (values: number[]) => ({
    ...group(values),
    roc: toRocCurve(test, values),
    auroc: areaUnder(toRocCurve(test, values, 1e9)),
  });
  return {
    bins,
    cut: threshold === null ? null : (threshold - bins.low) / (bins.high - bins.low),
    relevant: group(test),
    groups: names.map((name) => ({ name, ...against(where((item) => item.split === 'test' && item.group === name)) })),
    irrelevant: against(irrelevant),
    calibration: group(calibration),
  };
});

export async function readScores({ scoresArtifact, snapshotDigest, threshold }: DetectorView): Promise<ScoreView> {
  return scoreViews(JSON.stringify({ scoresArtifact, snapshotDigest, threshold: threshold?.value ?? null }));
}
