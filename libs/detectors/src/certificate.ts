import { InvalidArgumentError, TooFewSamplesError } from '@outsider/domain';
import { betaCdf } from '@outsider/metrics';

/**
 * Which calibration score, counted from the most novel, may serve as a threshold so that the false-alarm rate is at
 * most α with confidence 1 − δ over calibration sets: the largest k with P(Beta(k, n + 1 − k) ≤ α) ≥ 1 − δ.
 *
 * With exchangeable scores and the threshold on the k-th most novel of n, the false-alarm rate given the calibration
 * set is distributed as Beta(k, n + 1 − k); ties only lower it, because a score equal to the threshold is no alarm.
 *
 * @param n calibration images
 * @param falseAlarmRate α in (0, 1)
 * @param confidence 1 − δ in (0, 1)
 * @returns k in 1 … n
 * @throws {TooFewSamplesError} when not even k = 1 will do, saying how many images are needed
 * @throws {InvalidArgumentError}
 * @see Vovk 2012, Conditional validity of inductive conformal predictors, https://arxiv.org/abs/1209.2673
 */
export function certificateRank(n: number, falseAlarmRate: number, confidence: number): number {
  const needed = smallestCertifiedCount(falseAlarmRate, confidence);
  if (n < needed) {
    throw new TooFewSamplesError(
      `a certificate of at most ${percent(falseAlarmRate)} false alarms with ${percent(confidence)} confidence`,
      needed,
      n,
    );
  }
  // The probability falls with k: a larger k is a lower threshold.
  let holds = 1;
  let fails = n + 1;
  while (fails - holds > 1) {
    const k = (holds + fails) >> 1;
    if (betaCdf(falseAlarmRate, k, n + 1 - k) >= confidence) holds = k;
    else fails = k;
  }
  return holds;
}

/**
 * The least number of calibration images for which there is a certificate: 1 − (1 − α)ⁿ ≥ 1 − δ.
 *
 * @throws {InvalidArgumentError} when a rate is not in (0, 1)
 */
export function smallestCertifiedCount(falseAlarmRate: number, confidence: number): number {
  requireShare('false-alarm rate', falseAlarmRate);
  requireShare('confidence', confidence);
  let n = Math.max(1, Math.floor(Math.log1p(-confidence) / Math.log1p(-falseAlarmRate)) - 1);
  while (betaCdf(falseAlarmRate, 1, n) < confidence) n++;
  return n;
}

/** @throws {InvalidArgumentError} */
export function requireShare(what: string, value: number): void {
  if (!(value > 0 && value < 1))
    throw new InvalidArgumentError(`${what}: expected a number between 0 and 1, got ${value}`);
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(6))} %`;
}
