import {
  leaveOneGroupOut,
  learnsFromIrrelevant,
  selectDetector,
  type Candidate,
  type Detector,
  type GroupResult,
  type LeaveOneGroupOut,
} from '@outsider/detectors';
import { DomainError } from '@outsider/domain';
import type { Interval } from '@outsider/metrics';
import { judgingRows } from './judging-rows.ts';
import { selectActivations, type FitData } from './load-fit-data.ts';
import type { FitRow } from './fit-task.ts';

/** A method with the model that was fitted for use. */
export interface FittedModel {
  readonly detector: Detector;
  readonly options: unknown;
  readonly model: unknown;
}

/** How a method did on groups of irrelevant photos that it had not learnt from. Plain data, stored with the detector. */
export interface SelectionFigures extends Omit<Candidate, 'name'> {
  /** Seen and unseen side by side. */
  readonly groups: readonly GroupResult[];
  /** Photos that taught and judged. */
  readonly photos: number;
  /** Random cuts into teaching and judging halves, over which figures are means. */
  readonly cuts: number;
}

/** The automatic choice among methods. */
export interface Choice {
  readonly method: string;
  /** One sentence. */
  readonly reason: string;
  /** How much more it loses on its worst group than the method that loses least there; null where nothing was judged. */
  readonly regret: Interval | null;
}

export interface Choosing {
  /** Null when nothing was fitted. */
  readonly choice: Choice | null;
  /** By method; methods that could not be judged are missing. */
  readonly figures: ReadonlyMap<string, SelectionFigures>;
}

const cuts = 5;
/** What is taken where nothing can be judged, the first that was fitted. */
const fallbacks = ['fusion', 'knn'];

/**
 * Chooses by the worst group of irrelevant photos that a method has not learnt from: leave-one-group-out on the splits
 * `fit` and `select`, so that neither calibration nor the figures that are shown have a part in it. Fusion is kept unless
 * another method beats it beyond doubt.
 *
 * Methods that learn nothing from irrelevant photos are judged by the very models that will be used.
 */
export function chooseMethod(
  fitted: readonly FittedModel[],
  { all, input }: Pick<FitData, 'all' | 'input'>,
  rows: readonly FitRow[],
  seed: number,
  onProgress: (fraction: number, note?: string) => void,
): Choosing {
  const figures = new Map<string, SelectionFigures>();
  if (fitted.length === 0) return { choice: null, figures };
  const judging = judgingRows(rows, seed);
  if (judging.every((row) => rows[row].label >= 0)) {
    return { choice: fallBack(fitted, 'There are no irrelevant photos to choose by.'), figures };
  }
  try {
    const result = leaveOneGroupOut(
      input,
      { activations: selectActivations(all, judging), groups: judging.map((row) => rows[row].group) },
      fitted.map(({ detector, options, model }) => ({
        detector: learnsFromIrrelevant(detector, options) ? detector : { ...detector, fit: () => model },
        options,
      })),
      { seeds: Array.from({ length: cuts }, (_, i) => seed + i), control: { onProgress } },
    );
    const { candidates, chosen, reason, regret } = selectDetector(result, { seed });
    for (const candidate of candidates) figures.set(candidate.name, toFigures(candidate, result, judging.length));
    return { choice: { method: chosen, reason, regret }, figures };
  } catch (error) {
    // Too few photos, or one group alone: said in the reason, for the detectors themselves are sound.
    if (!(error instanceof DomainError)) throw error;
    return { choice: fallBack(fitted, `Nothing could be compared: ${error.message}.`), figures };
  }
}

function fallBack(fitted: readonly FittedModel[], reason: string): Choice {
  const names = fitted.map(({ detector }) => detector.name);
  return { method: fallbacks.find((name) => names.includes(name)) ?? names[0], reason, regret: null };
}

function toFigures({ name, ...candidate }: Candidate, { methods }: LeaveOneGroupOut, photos: number): SelectionFigures {
  return { ...candidate, groups: methods.find((method) => method.name === name)?.groups ?? [], photos, cuts };
}
