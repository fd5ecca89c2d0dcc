import 'server-only';
import { decodeNpy } from '@outsider/artifacts';
import { activationSetRepository, type SnapshotItem } from '@outsider/database';
import { activeShareSentence, type ShareSummary } from '../views/active-share-words.ts';
import { activeShare, columnsFor, toHeatMap, type HeatMap } from '../views/heat-map.ts';
import { binsFor, quantileOf, toHistogram, type Bins } from '../views/histogram.ts';
import { areaUnder, toRocCurve } from '../views/roc-curve.ts';
import { remember } from './remember.ts';
import { readSnapshotItems } from './snapshots.ts';
import { artifacts, database } from './store.ts';

/** Pictures shown of relevant photos, and of each irrelevant group. */
const relevantPictures = 4;
const picturesPerGroup = 2;
const binCount = 48;

/** Active shares of one kind of photos, ready to draw. */
export interface ShareRow {
  readonly label: string;
  readonly tone: 'relevant' | 'novel' | 'plain';
  readonly summary: ShareSummary;
  readonly histogram: readonly number[];
}

/** One photo beside a picture of its activations. */
export interface ActivationPicture {
  readonly contentDigest: string;
  readonly caption: string;
  readonly relevant: boolean;
  readonly activeShare: number;
  readonly map: HeatMap;
}

export interface ActivationView {
  readonly dimension: number;
  readonly bins: Bins;
  readonly rows: readonly ShareRow[];
  readonly groupRows: readonly ShareRow[];
  /** What the shares say here. */
  readonly sentence: string;
  readonly pictures: readonly ActivationPicture[];
}

const activationViews = remember(16, async (key): Promise<ActivationView> => {
  const { artifact, snapshotDigest } = JSON.parse(key) as { artifact: string; snapshotDigest: string };
  const store = await artifacts();
  const [bytes, items] = await Promise.all([store.getBytes(artifact), readSnapshotItems(snapshotDigest)]);
  const { shape, data } = decodeNpy(bytes);
  const dimension = shape[1] ?? 1;
  const rowOf = (i: number) => data.subarray(i * dimension, (i + 1) * dimension);
  const shares = items.map((_, i) => activeShare(rowOf(i)));
  const where = (keep: (item: SnapshotItem) => boolean) => shares.filter((_, i) => keep(items[i]!));

  const training = where((item) => item.label !== null && item.split === 'train');
  const heldOut = where((item) => item.label !== null && item.split !== 'train');
  const irrelevant = where((item) => item.group !== null);
  const groups = [...new Set(items.flatMap((item) => item.group ?? []))].sort();
  const bins = binsFor([training, heldOut, irrelevant], binCount);
  const row = (label: string, tone: ShareRow['tone'], values: number[]): ShareRow => ({
    label,
    tone,
    summary: summarise(values),
    histogram: toHistogram(values, bins),
  });
  const auroc = irrelevant.length > 0 && heldOut.length > 0 ? areaUnder(toRocCurve(heldOut, irrelevant, 1e9)) : null;

  return {
    dimension,
    bins,
    rows: [
      row('Training', 'plain', training),
      row('Held-out relevant', 'relevant', heldOut),
      ...(irrelevant.length > 0 ? [row('Irrelevant', 'novel', irrelevant)] : []),
    ],
    groupRows: groups.map((name) =>
      row(
        name,
        'novel',
        where((item) => item.group === name),
      ),
    ),
    sentence: activeShareSentence(summarise(heldOut), irrelevant.length > 0 ? summarise(irrelevant) : null, auroc),
    pictures: choosePictures(items, groups).map((i) => ({
      contentDigest: items[i]!.contentDigest,
      caption: items[i]!.label ?? items[i]!.group ?? '',
      relevant: items[i]!.label !== null,
      activeShare: shares[i]!,
      map: toHeatMap(rowOf(i), brightestOf(data), columnsFor(dimension)),
    })),
  };
});

/** The activations of a version's snapshot at its relevant layer; undefined until they are stored. */
export async function readActivations(
  snapshotDigest: string,
  backboneVersion: string,
): Promise<ActivationView | undefined> {
  const set = await activationSetRepository(database()).find(snapshotDigest, backboneVersion, 'relevant_layer');
  return set && activationViews(JSON.stringify({ artifact: set.artifact, snapshotDigest }));
}

/** Held-out photos of each class in turn, then of each group: the same ones on every visit. */
function choosePictures(items: readonly SnapshotItem[], groups: readonly string[]): number[] {
  const heldOut = items.flatMap((item, i) => (item.label !== null && item.split === 'test' ? [i] : []));
  const classes = [...new Set(heldOut.map((i) => items[i]!.label))].sort();
  const perClass = Math.max(1, Math.ceil(relevantPictures / Math.max(1, classes.length)));
  const relevant = classes
    .flatMap((name) => heldOut.filter((i) => items[i]!.label === name).slice(0, perClass))
    .slice(0, Math.max(relevantPictures, classes.length));
  const irrelevant = groups.flatMap((group) =>
    items.flatMap((item, i) => (item.group === group && item.split === 'test' ? [i] : [])).slice(0, picturesPerGroup),
  );
  return [...relevant, ...irrelevant];
}

/** The 99.5 % point of a sample of active neurons: one scale for all pictures, not spoilt by a single bright one. */
function brightestOf(data: ArrayLike<number>): number {
  const step = Math.max(1, Math.floor(data.length / 20_000));
  const sample: number[] = [];
  for (let i = 0; i < data.length; i += step) if (data[i]! > 0) sample.push(data[i]!);
  sample.sort((a, b) => a - b);
  return quantileOf(sample, 0.995) || 1;
}

function summarise(values: readonly number[]): ShareSummary {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    p10: quantileOf(sorted, 0.1),
    p50: quantileOf(sorted, 0.5),
    p90: quantileOf(sorted, 0.9),
    photos: values.length,
  };
}
