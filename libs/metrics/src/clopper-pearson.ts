import { InvalidArgumentError } from '@outsider/domain';
import { betaQuantile } from './beta.ts';

/** A rate seen in a sample, with an interval that holds the true rate with at least the confidence asked for. */
export interface RateEstimate {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  readonly events: number;
  readonly trials: number;
}

/**
 * Exact binomial confidence interval.
 *
 * @param events how often it happened, 0 … trials
 * @param trials at least 1
 * @param confidence in (0, 1), 0.95 by default
 * @throws {InvalidArgumentError}
 * @see Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404
 */
export function clopperPearson(events: number, trials: number, confidence = 0.95): RateEstimate {
  if (!Number.isInteger(trials) || trials < 1)
    throw new InvalidArgumentError(`trials: expected a whole number from 1, got ${trials}`);
  if (!Number.isInteger(events) || events < 0 || events > trials) {
    throw new InvalidArgumentError(`events: expected a whole number from 0 to ${trials}, got ${events}`);
  }
  if (!(confidence > 0 && confidence < 1))
    throw new InvalidArgumentError(`confidence: expected a number between 0 and 1, got ${confidence}`);
  const tail = (1 - confidence) / 2;
  return {
    rate: events / trials,
    low: events === 0 ? 0 : betaQuantile(tail, events, trials - events + 1),
    high: events === trials ? 1 : betaQuantile(1 - tail, events + 1, trials - events),
    events,
    trials,
  };
}
