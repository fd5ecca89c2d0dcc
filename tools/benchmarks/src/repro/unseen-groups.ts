import {
  detectors,
  learnsFromIrrelevant,
  leaveOneGroupOut,
  selectDetector,
  stratifiedSplit,
  type Activations,
  type Detector,
  type FitInput,
  type MethodResult,
} from '@outsider/detectors';
import { selectRows, type Matrix } from '@outsider/linalg';
import { auroc, missRateAtFalseAlarm } from '@outsider/metrics';
import type { PhotoFeatures } from './photo-features.ts';
import type { TrainedActivations } from './tutorial-head.ts';

/** How a detector tells one group of irrelevant photos from held-out relevant ones; means over seeds. */
export interface GroupFigures {
  readonly detector: string;
  readonly supervised: boolean;
  readonly group: string;
  readonly auroc: number;
  readonly missRateAtFalseAlarm5: number;
  readonly missRateAtFalseAlarm1: number;
}

/** Which rows a seed fits on and which relevant rows it judges by. */
interface Rows {
  readonly train: readonly number[];
  readonly fitRelevant: readonly number[];
  readonly heldRelevant: readonly number[];
  readonly irrelevant: readonly number[];
}

/**
 * What the tutorial never asked: photos of groups that no detector has learnt from.
 *
 * For each seed, half of the validation photos join the irrelevant ones to fit the supervised detectors; the other half
 * are the relevant photos that the groups of `unseen/` are told from. Unsupervised detectors are fitted on `train`.
 */
export function judgeUnseenGroups(
  photos: PhotoFeatures,
  trained: TrainedActivations,
  seeds: readonly number[],
  methods: readonly Detector[],
): GroupFigures[] {
  const groups = [
    ...new Set(photos.entries.flatMap(({ role, group }) => (role === 'unseen' && group ? group : []))),
  ].sort();
  return methods.flatMap((detector) => {
    const perSeed = seeds.map((seed) => judge(detector, photos, trained, groups, seed));
    return groups.map((group, g) => ({
      detector: detector.name,
      supervised: detector.supervised,
      group,
      auroc: mean(perSeed.map((figures) => figures[g].auroc)),
      missRateAtFalseAlarm5: mean(perSeed.map((figures) => figures[g].missAt5)),
      missRateAtFalseAlarm1: mean(perSeed.map((figures) => figures[g].missAt1)),
    }));
  });
}

/**
 * The automatic choice, made by the irrelevant groups alone: leave-one-group-out against half of the validation photos.
 * The groups of `unseen/` have no part in it.
 */
export function chooseDetector(
  photos: PhotoFeatures,
  trained: TrainedActivations,
  seeds: readonly number[],
  methods: readonly Detector[],
): Choice {
  const rows = rowsOf(photos, trained, 1);
  const pool = [...rows.fitRelevant, ...rows.irrelevant];
  const result = leaveOneGroupOut(
    fitInput(photos, trained, rows, 1),
    {
      activations: activationsAt(photos.pooled, trained, pool),
      groups: pool.map((i) => photos.entries[i].group ?? ''),
    },
    methods.map((detector) => ({ detector, options: detector.parseOptions(undefined) })),
    { seeds },
  );
  const { chosen, reason } = selectDetector(result, { seed: 1 });
  return { chosen, reason, methods: result.methods };
}

/** Methods that learn nothing from irrelevant photos see the same `train` whatever the seed: one fit serves all. */
export function fitUnsupervisedOnce(photos: PhotoFeatures, trained: TrainedActivations): readonly Detector[] {
  return detectors.map((detector) => {
    const options = detector.parseOptions(undefined);
    if (learnsFromIrrelevant(detector, options)) return detector;
    const model = detector.fit(fitInput(photos, trained, rowsOf(photos, trained, 1), 1), options);
    return { ...detector, fit: () => model };
  });
}

/** What {@link chooseDetector} found. */
export interface Choice {
  readonly chosen: string;
  readonly reason: string;
  readonly methods: readonly MethodResult[];
}

function judge(
  detector: Detector,
  photos: PhotoFeatures,
  trained: TrainedActivations,
  groups: readonly string[],
  seed: number,
): { auroc: number; missAt5: number; missAt1: number }[] {
  const rows = rowsOf(photos, trained, seed);
  const at = (indices: readonly number[]) => activationsAt(photos.pooled, trained, indices);
  const model = detector.fit(fitInput(photos, trained, rows, seed), detector.parseOptions(undefined));
  const relevant = detector.score(model, at(rows.heldRelevant));
  return groups.map((group) => {
    const indices = photos.entries.flatMap((entry, i) => (entry.role === 'unseen' && entry.group === group ? [i] : []));
    const unseen = detector.score(model, at(indices));
    return {
      auroc: auroc(relevant, unseen),
      missAt5: missRateAtFalseAlarm(relevant, unseen, 0.05),
      missAt1: missRateAtFalseAlarm(relevant, unseen, 0.01),
    };
  });
}

function rowsOf({ entries }: PhotoFeatures, { labels }: TrainedActivations, seed: number): Rows {
  const ofRole = (role: string) => entries.flatMap((entry, i) => (entry.role === role ? [i] : []));
  const valid = ofRole('valid');
  const halves = stratifiedSplit(
    valid.map((i) => labels[i]),
    0.5,
    seed,
  );
  return {
    train: ofRole('train'),
    fitRelevant: Array.from(halves.train, (i) => valid[i]),
    heldRelevant: Array.from(halves.test, (i) => valid[i]),
    irrelevant: ofRole('irrelevant'),
  };
}

function fitInput({ entries, pooled }: PhotoFeatures, trained: TrainedActivations, rows: Rows, seed: number): FitInput {
  const { labels, classes, head } = trained;
  const supervised = [...rows.fitRelevant, ...rows.irrelevant];
  const { kernel, bias } = head.outputLayer;
  return {
    inDistribution: activationsAt(pooled, trained, rows.train),
    labels: Int32Array.from(rows.train, (i) => labels[i]),
    classes: classes.length,
    supervised: {
      activations: activationsAt(pooled, trained, supervised),
      irrelevant: Uint8Array.from(supervised, (i) => (labels[i] < 0 ? 1 : 0)),
      groups: supervised.map((i) => entries[i].group ?? ''),
    },
    outputLayer: { weights: { rows: kernel.length / bias.length, cols: bias.length, data: kernel }, bias },
    seed,
  };
}

function activationsAt(pooled: Matrix, trained: TrainedActivations, rows: readonly number[]): Activations {
  return {
    byLayer: {
      relevant_layer: selectRows(trained.relevantLayer, rows),
      pooled: selectRows(pooled, rows),
      logits: selectRows(trained.logits, rows),
    },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
