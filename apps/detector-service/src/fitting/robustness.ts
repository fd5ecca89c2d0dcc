import { verdictOf, type Cut } from '@outsider/domain';
import { clopperPearson } from '@outsider/metrics';

/** How often one kind of picture made on the fly is called novel. */
export interface RobustnessFigures {
  /** Such as `blur`: a held-out in-distribution photo under worse conditions. `blank` and `noise` show nothing. */
  readonly variant: string;
  readonly photos: number;
  /** Share called novel: a false alarm for a distorted photo, right for a drawn one. With its 95 % interval. */
  readonly calledNovel: number;
  readonly low: number;
  readonly high: number;
}

/**
 * @param variants what each score is of
 * @param scores higher = more novel
 */
export function judgeVariants(variants: readonly string[], scores: readonly number[], cut: Cut): RobustnessFigures[] {
  return [...new Set(variants)].map((variant) => {
    const own = scores.filter((_, i) => variants[i] === variant);
    const novel = own.filter((score) => verdictOf(score, cut) === 'novel').length;
    const { low, high } = clopperPearson(novel, own.length);
    return { variant, photos: own.length, calledNovel: novel / own.length, low, high };
  });
}
