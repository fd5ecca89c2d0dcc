import { ShapeError, verdictOf, type Cut, type Verdict } from '@outsider/domain';
import { clopperPearson } from '@outsider/metrics';

/** A rate with its 95 % Clopper–Pearson interval. */
export interface Rate {
  readonly events: number;
  readonly photos: number;
  /** events / photos */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface NamedRate {
  readonly name: string;
  readonly rate: Rate;
}

/** What a threshold does on images of known kind. Plain data, stored with the threshold. */
export interface OperatingPoint {
  /** Null without in-distribution images. */
  readonly falseAlarm: Rate | null;
  /** Null without irrelevant images. */
  readonly miss: Rate | null;
  /** In-distribution images without a verdict; null without images, or without a band in which there is none. */
  readonly abstained: Rate | null;
  /** The same of irrelevant images. */
  readonly abstainedIrrelevant: Rate | null;
  /** False alarms by class, in the order of the classes' first image. */
  readonly byClass: readonly NamedRate[];
  /** Misses by group, in the order of the groups' first image. */
  readonly byGroup: readonly NamedRate[];
}

/** Scores with the class or group of each. */
export interface NamedScores {
  readonly scores: ArrayLike<number>;
  readonly names: readonly string[];
}

/**
 * False-alarm and miss rates, with exact intervals, overall and within. An alarm is the verdict novel and a miss the verdict
 * in-distribution: an image that gets no verdict is neither.
 *
 * @param inDistribution scores with the class of each image
 * @param irrelevant scores with the group of each image
 * @throws {ShapeError} when there is not one name for each score
 */
export function operatingPoint(cut: Cut, inDistribution: NamedScores, irrelevant: NamedScores): OperatingPoint {
  const is = (verdict: Verdict) => (score: number) => verdictOf(score, cut) === verdict;
  const alarms = tally(inDistribution, is('novel'));
  const misses = tally(irrelevant, is('in-distribution'));
  const hasBand = cut.abstainFrom !== null;
  return {
    falseAlarm: alarms.all,
    miss: misses.all,
    abstained: hasBand ? tally(inDistribution, is('abstain')).all : null,
    abstainedIrrelevant: hasBand ? tally(irrelevant, is('abstain')).all : null,
    byClass: alarms.byName,
    byGroup: misses.byName,
  };
}

function tally(
  { scores, names }: NamedScores,
  isEvent: (score: number) => boolean,
): { all: Rate | null; byName: NamedRate[] } {
  if (names.length !== scores.length) throw new ShapeError('names', [scores.length], [names.length]);
  const counts = new Map<string, { events: number; photos: number }>();
  let events = 0;
  names.forEach((name, i) => {
    const count = counts.get(name) ?? { events: 0, photos: 0 };
    const event = Number(isEvent(scores[i]));
    counts.set(name, { events: count.events + event, photos: count.photos + 1 });
    events += event;
  });
  return {
    all: names.length > 0 ? toRate(events, names.length) : null,
    byName: [...counts].map(([name, count]) => ({ name, rate: toRate(count.events, count.photos) })),
  };
}

function toRate(events: number, photos: number): Rate {
  const { rate, low, high } = clopperPearson(events, photos);
  return { events, photos, value: rate, low, high };
}
