import { InvalidArgumentError, TooFewSamplesError } from '@outsider/domain';

type Scores = ArrayLike<number>;

/**
 * The receiver operating characteristic of "novel iff score > threshold": one point for every threshold that makes a
 * difference, from nothing novel to everything novel. Tied scores make one point.
 */
export interface RocCurve {
  /** Descending from Infinity (nothing is novel) to −Infinity (everything is). */
  readonly thresholds: Float64Array;
  /** P(score > threshold | in-distribution), ascending from 0 to 1. */
  readonly falseAlarmRates: Float64Array;
  /** P(score > threshold | novel), ascending from 0 to 1. */
  readonly detectionRates: Float64Array;
}

/**
 * @param inDistribution scores of in-distribution images, higher = more novel
 * @param novel scores of novel images
 * @throws {TooFewSamplesError} when either is empty
 * @throws {InvalidArgumentError} for NaN
 */
export function rocCurve(inDistribution: Scores, novel: Scores): RocCurve {
  const id = sorted(inDistribution, 'in-distribution');
  const ood = sorted(novel, 'novel');
  const values = distinctDescending(id, ood);
  const points = values.length + 1;
  const thresholds = new Float64Array(points);
  const falseAlarmRates = new Float64Array(points);
  const detectionRates = new Float64Array(points);
  let [i, j] = [id.length, ood.length];
  for (let p = 0; p < points; p++) {
    // A score equal to the threshold is not novel, so the point that counts a value has the next lower threshold.
    thresholds[p] = p === 0 ? Infinity : (values[p] ?? -Infinity);
    while (i > 0 && id[i - 1] > thresholds[p]) i--;
    while (j > 0 && ood[j - 1] > thresholds[p]) j--;
    falseAlarmRates[p] = (id.length - i) / id.length;
    detectionRates[p] = (ood.length - j) / ood.length;
  }
  return { thresholds, falseAlarmRates, detectionRates };
}

/**
 * Area under the ROC curve: P(novel score > in-distribution score) + ½ P(equal), counted exactly in integers.
 *
 * @throws {TooFewSamplesError} @throws {InvalidArgumentError}
 */
export function auroc(inDistribution: Scores, novel: Scores): number {
  const id = sorted(inDistribution, 'in-distribution');
  const ood = sorted(novel, 'novel');
  let twice = 0;
  let below = 0;
  let notAbove = 0;
  for (const score of ood) {
    while (below < id.length && id[below] < score) below++;
    while (notAbove < id.length && id[notAbove] <= score) notAbove++;
    twice += below + notAbove;
  }
  return twice / (2 * id.length * ood.length);
}

/**
 * Area under the precision-recall curve with novel as the positive class: average precision, Σ (Rₖ − Rₖ₋₁) Pₖ.
 *
 * @throws {TooFewSamplesError} @throws {InvalidArgumentError}
 */
export function averagePrecision(inDistribution: Scores, novel: Scores): number {
  const { precisions, recalls } = precisionRecallCurve(inDistribution, novel);
  let sum = 0;
  for (let p = 1; p < precisions.length; p++) sum += (recalls[p] - recalls[p - 1]) * precisions[p];
  return sum;
}

export interface PrecisionRecallCurve {
  /** P(novel | score > threshold); 1 where nothing exceeds it. */
  readonly precisions: Float64Array;
  /** P(score > threshold | novel), ascending. */
  readonly recalls: Float64Array;
  readonly thresholds: Float64Array;
}

/** @throws {TooFewSamplesError} @throws {InvalidArgumentError} */
export function precisionRecallCurve(inDistribution: Scores, novel: Scores): PrecisionRecallCurve {
  const { thresholds, falseAlarmRates, detectionRates } = rocCurve(inDistribution, novel);
  const precisions = thresholds.map((_, p) => {
    const found = Math.round(detectionRates[p] * novel.length);
    const alarms = Math.round(falseAlarmRates[p] * inDistribution.length);
    return found + alarms === 0 ? 1 : found / (found + alarms);
  });
  return { precisions, recalls: detectionRates, thresholds };
}

/** Ascending copy. */
export function sorted(scores: Scores, what: string): Float64Array {
  if (scores.length === 0) throw new TooFewSamplesError(`${what} scores`, 1, 0);
  const copy = Float64Array.from(scores);
  for (let i = 0; i < copy.length; i++)
    if (Number.isNaN(copy[i])) throw new InvalidArgumentError(`${what} scores: number ${i} is NaN`);
  return copy.sort();
}

function distinctDescending(a: Float64Array, b: Float64Array): number[] {
  const values = [...new Set([...a, ...b])];
  return values.sort((x, y) => y - x);
}
