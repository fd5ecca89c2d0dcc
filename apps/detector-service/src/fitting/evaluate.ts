import { auroc, missRateAtFalseAlarm1, missRateAtFalseAlarm5 } from '@outsider/metrics';
import type { FitRow } from './fit-task.ts';

/** How well one group of irrelevant photos is told from in-distribution ones. */
export interface GroupFigures {
  /** '' for all groups together. */
  readonly group: string;
  readonly photos: number;
  readonly auroc: number;
  /** P(called in-distribution | irrelevant) where 5 % of in-distribution photos are called novel. */
  readonly missRateAtFalseAlarm5: number;
  readonly missRateAtFalseAlarm1: number;
  /** Whether the detector learnt from photos of this group; for all groups together, from any of them. */
  readonly seen: boolean;
}

/**
 * Figures on the split `test`, which neither fitting nor calibration has seen: all irrelevant photos together, then
 * each group by name. Empty when the split lacks either side.
 *
 * @param scores one for each row, higher = more novel
 * @param learntFrom groups whose photos the detector was fitted on
 */
export function evaluate(
  scores: Float64Array,
  rows: readonly FitRow[],
  learntFrom: ReadonlySet<string>,
): GroupFigures[] {
  const inDistribution = scores.filter((_, i) => rows[i].split === 'test' && rows[i].label >= 0);
  if (inDistribution.length === 0) return [];
  const groups = [
    ...new Set(rows.filter(({ split, label }) => split === 'test' && label < 0).map(({ group }) => group)),
  ];
  if (groups.length === 0) return [];

  function figures(group: string, included: ReadonlySet<string>): GroupFigures {
    const novel = scores.filter((_, i) => rows[i].split === 'test' && rows[i].label < 0 && included.has(rows[i].group));
    return {
      group,
      photos: novel.length,
      auroc: auroc(inDistribution, novel),
      missRateAtFalseAlarm5: missRateAtFalseAlarm5(inDistribution, novel),
      missRateAtFalseAlarm1: missRateAtFalseAlarm1(inDistribution, novel),
      seen: [...included].some((name) => learntFrom.has(name)),
    };
  }
  return [figures('', new Set(groups)), ...groups.toSorted().map((group) => figures(group, new Set([group])))];
}
