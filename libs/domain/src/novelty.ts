/** What a detector says of one image. */
export type Verdict = 'in-distribution' | 'novel' | 'abstain';

/** An image is novel iff its score exceeds the threshold: higher score = more novel. */
export function verdictOf(score: number, threshold: number): Verdict {
  return score > threshold ? 'novel' : 'in-distribution';
}

/**
 * Like {@link verdictOf}, but abstains for scores in [abstainFrom, abstainTo], the band around the threshold in which
 * a policy asks for a person.
 */
export function verdictWithBand(score: number, abstainFrom: number, abstainTo: number): Verdict {
  if (score > abstainTo) return 'novel';
  return score < abstainFrom ? 'in-distribution' : 'abstain';
}
