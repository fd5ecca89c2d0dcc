import { InvalidArgumentError } from '@outsider/domain';
import { sorted } from './roc.ts';

type Scores = ArrayLike<number>;

/** P(score > threshold | in-distribution). @throws {TooFewSamplesError} @throws {InvalidArgumentError} for NaN */
export function falseAlarmRate(inDistribution: Scores, threshold: number): number {
  return countAbove(sorted(inDistribution, 'in-distribution'), threshold) / inDistribution.length;
}

/** P(score ≤ threshold | novel). @throws {TooFewSamplesError} @throws {InvalidArgumentError} for NaN */
export function missRate(novel: Scores, threshold: number): number {
  return 1 - countAbove(sorted(novel, 'novel'), threshold) / novel.length;
}

/**
 * The lowest threshold at which the false-alarm rate on these scores is at most `rate`.
 *
 * @throws {TooFewSamplesError} @throws {InvalidArgumentError} when the rate is not in [0, 1)
 */
export function thresholdAtFalseAlarm(inDistribution: Scores, rate: number): number {
  requireRate(rate, 'false-alarm rate', 0, 1, false);
  const id = sorted(inDistribution, 'in-distribution');
  // With the threshold on a score, strictly higher ones are alarms: at most `allowed` of them.
  const allowed = Math.floor(rate * id.length * (1 + 4 * Number.EPSILON));
  return id[id.length - 1 - Math.min(allowed, id.length - 1)];
}

/**
 * The highest of the novel scores' own values below which no more than 1 − `rate` of them lie: as a threshold that
 * counts equal scores as detected, it detects at least `rate`.
 */
function leastDetectedScore(novel: Scores, rate: number): number {
  requireRate(rate, 'detection rate', 0, 1, true);
  const ood = sorted(novel, 'novel');
  const needed = Math.max(1, Math.ceil(rate * ood.length * (1 - 4 * Number.EPSILON)));
  return ood[ood.length - needed];
}

/**
 * The highest threshold at which at least `rate` of these novel scores exceed it: just below one of them.
 *
 * @throws {TooFewSamplesError} @throws {InvalidArgumentError} when the rate is not in (0, 1]
 */
export function thresholdAtDetection(novel: Scores, rate: number): number {
  return nextBelow(leastDetectedScore(novel, rate));
}

/**
 * P(in-distribution verdict | novel) at the lowest threshold whose false-alarm rate is at most `rate`: what is missed
 * when so many false alarms are accepted. "FPR95" of pytorch-ood, up to the class that is called positive.
 */
export function missRateAtFalseAlarm(inDistribution: Scores, novel: Scores, rate: number): number {
  return missRate(novel, thresholdAtFalseAlarm(inDistribution, rate));
}

export function missRateAtFalseAlarm5(inDistribution: Scores, novel: Scores): number {
  return missRateAtFalseAlarm(inDistribution, novel, 0.05);
}

export function missRateAtFalseAlarm1(inDistribution: Scores, novel: Scores): number {
  return missRateAtFalseAlarm(inDistribution, novel, 0.01);
}

/** P(novel verdict | in-distribution) when at least `rate` of the novel images are detected: the other "FPR95". */
export function falseAlarmRateAtDetection(inDistribution: Scores, novel: Scores, rate: number): number {
  const least = leastDetectedScore(novel, rate);
  const id = sorted(inDistribution, 'in-distribution');
  return (id.length - lowerBound(id, least)) / id.length;
}

export function falseAlarmRateAtDetection95(inDistribution: Scores, novel: Scores): number {
  return falseAlarmRateAtDetection(inDistribution, novel, 0.95);
}

/** How many of the ascending scores exceed the threshold. */
export function countAbove(ascending: Float64Array, threshold: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] > threshold) high = middle;
    else low = middle + 1;
  }
  return ascending.length - low;
}

/** Index of the first ascending score that is at least `value`. */
export function lowerBound(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The largest float64 below a finite value. */
export function nextBelow(value: number): number {
  if (value === -Infinity || Number.isNaN(value)) return value;
  if (value === 0) return -Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? -1n : 1n));
  return view.getFloat64(0);
}

function requireRate(rate: number, what: string, low: number, high: number, upper: boolean): void {
  const inside = upper ? rate > low && rate <= high : rate >= low && rate < high;
  if (!inside) {
    throw new InvalidArgumentError(
      `${what}: expected a number in ${upper ? `(${low}, ${high}]` : `[${low}, ${high})`}, got ${rate}`,
    );
  }
}
