import { applyHead, selectBackend, trainHead, type Head } from '@outsider/finetuning';
import { selectRows, type Matrix } from '@outsider/linalg';
import type { PhotoFeatures } from './photo-features.ts';

/** The photos as the trained network sees them; row i is entry i. */
export interface TrainedActivations {
  readonly head: Head;
  readonly classes: readonly string[];
  /** Class index of each entry; −1 for irrelevant photos. */
  readonly labels: Int32Array;
  readonly relevantLayer: Matrix;
  readonly logits: Matrix;
  readonly validationAccuracy: number;
  readonly backend: string;
}

/** Trains the relevant layer and the output layer on `train`, judged by `valid`, and applies both to every photo. */
export async function trainTutorialHead(
  { entries, pooled }: PhotoFeatures,
  units: number,
  seed: number,
): Promise<TrainedActivations> {
  const backend = await selectBackend();
  const classes = [...new Set(entries.flatMap(({ label }) => label ?? []))].sort();
  const labels = Int32Array.from(entries, ({ label }) => (label === null ? -1 : classes.indexOf(label)));
  const part = (role: 'train' | 'valid') => {
    const rows = entries.flatMap((entry, i) => (entry.role === role ? [i] : []));
    return { features: selectRows(pooled, rows), labels: rows.map((i) => labels[i]) };
  };
  const { head, history, bestEpoch } = await trainHead({
    train: part('train'),
    validation: part('valid'),
    classes: classes.length,
    options: { units, seed },
  });
  const { relevantLayer, logits } = applyHead(pooled, head);
  const validationAccuracy = history[bestEpoch - 1].validationAccuracy ?? NaN;
  return { head, classes, labels, relevantLayer, logits, validationAccuracy, backend };
}
