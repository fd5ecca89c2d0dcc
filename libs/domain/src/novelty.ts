import { InvalidArgumentError } from './errors.ts';

/** What a detector says of one image. */
export type Verdict = 'in-distribution' | 'novel' | 'abstain';

/** Where scores become verdicts. */
export interface Cut {
  readonly value: number;
  /** Ends of the band around the threshold in which a policy asks for a person; null without one. */
  readonly abstainFrom: number | null;
  readonly abstainTo: number | null;
}

/**
 * An image is novel iff its score exceeds the threshold: higher score = more novel. With a band, scores in it, its ends
 * included, give no verdict.
 *
 * @throws {InvalidArgumentError} when the score is NaN, which is neither above nor below anything
 */
export function verdictOf(score: number, { value, abstainFrom, abstainTo }: Cut): Verdict {
  if (Number.isNaN(score)) throw new InvalidArgumentError('score: expected a number, got NaN');
  if (abstainFrom === null || abstainTo === null) return score > value ? 'novel' : 'in-distribution';
  if (score > abstainTo) return 'novel';
  return score < abstainFrom ? 'in-distribution' : 'abstain';
}
