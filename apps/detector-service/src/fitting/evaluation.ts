import type { Interval } from '@outsider/metrics';
import type { GroupFigures } from './evaluate.ts';
import type { SelectionFigures } from './choose-method.ts';
import type { RobustnessFigures } from './robustness.ts';

/** What is known of a fitted detector's quality, as it is stored with it. */
export interface Evaluation {
  /** On the split `test`. */
  readonly groups: readonly GroupFigures[];
  /** At the threshold that was fixed when it was fitted; empty without one, or without variants. */
  readonly robustness: readonly RobustnessFigures[];
  /** What the automatic choice went by; null when there was nothing to choose by. */
  readonly selection: SelectionFigures | null;
  /** Why this detector is the automatic choice among those fitted with it; null when it is not. */
  readonly chosen: string | null;
  /** Of the choice, see {@link Choice}; null for the others. */
  readonly regret: Interval | null;
}
