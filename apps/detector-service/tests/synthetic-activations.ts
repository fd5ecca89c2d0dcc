import type { Layer, Split } from '@outsider/domain';
import { createRandom } from '@outsider/linalg';
import type { FitRow } from '../src/fitting/fit-task.ts';

/** A snapshot's activations as if a backbone had made them: two classes and groups of irrelevant photos, apart. */
export interface SyntheticActivations {
  readonly rows: readonly FitRow[];
  readonly byLayer: Readonly<Record<Layer, { readonly dimension: number; readonly data: Float32Array }>>;
  /** The layer that makes the logits of the relevant layer. */
  readonly outputLayer: { readonly weight: Float32Array; readonly bias: Float32Array };
}

export const classes = ['cat', 'dog'] as const;
const dimension = 16;

/** How many photos of each class or group are in each split. */
export interface Plan {
  readonly perClass: Readonly<Partial<Record<Split, number>>>;
  readonly perGroup: Readonly<Record<string, Readonly<Partial<Record<Split, number>>>>>;
}

export const usualPlan: Plan = {
  perClass: { train: 30, fit: 15, calibrate: 30, test: 20 },
  perGroup: {
    birds: { fit: 12, select: 12, test: 12 },
    cars: { fit: 12, select: 12, test: 12 },
    unseen: { test: 12 },
  },
};

/** Classes lie around two corners of a cube, each group around another one; equal seeds give equal numbers. */
export function syntheticActivations(plan: Plan = usualPlan, seed = 1): SyntheticActivations {
  const random = createRandom(seed);
  const rows: FitRow[] = [];
  for (const [label] of classes.entries()) {
    for (const [split, count = 0] of Object.entries(plan.perClass)) {
      for (let i = 0; i < count; i++) rows.push({ split: split as Split, label, group: '' });
    }
  }
  for (const [group, counts] of Object.entries(plan.perGroup)) {
    for (const [split, count = 0] of Object.entries(counts)) {
      for (let i = 0; i < count; i++) rows.push({ split: split as Split, label: -1, group });
    }
  }

  const groups = Object.keys(plan.perGroup);
  const relevant = new Float32Array(rows.length * dimension);
  rows.forEach(({ label, group }, i) => {
    const corner = label >= 0 ? label : classes.length + groups.indexOf(group);
    for (let j = 0; j < dimension; j++)
      relevant[i * dimension + j] = (j % 8 === corner ? 4 : 0) + random.normal() * 0.5;
  });
  const weight = new Float32Array(dimension * classes.length);
  for (let j = 0; j < dimension; j++) {
    for (let c = 0; c < classes.length; c++) weight[j * classes.length + c] = j % 8 === c ? 0.5 : 0;
  }
  const bias = Float32Array.of(0.1, -0.1);
  const logits = new Float32Array(rows.length * classes.length);
  for (let i = 0; i < rows.length; i++) {
    for (let c = 0; c < classes.length; c++) {
      let sum = bias[c];
      for (let j = 0; j < dimension; j++) sum += relevant[i * dimension + j] * weight[j * classes.length + c];
      logits[i * classes.length + c] = sum;
    }
  }
  return {
    rows,
    byLayer: {
      relevant_layer: { dimension, data: relevant },
      // Pooled features are never negative.
      pooled: { dimension, data: relevant.map((value) => Math.max(0, value)) },
      logits: { dimension: classes.length, data: logits },
    },
    outputLayer: { weight, bias },
  };
}
