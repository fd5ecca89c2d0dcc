import { InvalidArgumentError } from '@outsider/domain';
import { auroc, missRateAtFalseAlarm } from '@outsider/metrics';

/** One detector's scores of in-distribution images and of one group of irrelevant ones, with where they came from. */
export interface Contest {
  readonly inDistribution: Float64Array;
  readonly novel: Float64Array;
  /** Rows of the pool that the scores belong to. */
  readonly inDistributionRows: Int32Array;
  readonly novelRows: Int32Array;
}

/** How well a detector tells one group apart. */
export interface Figures {
  readonly auroc: number;
  readonly missRateAtFalseAlarm5: number;
  readonly missRateAtFalseAlarm1: number;
}

export type FigureName = keyof Figures;

export const figureNames: readonly FigureName[] = ['auroc', 'missRateAtFalseAlarm5', 'missRateAtFalseAlarm1'];

export function figuresOf({ inDistribution, novel }: Contest): Figures {
  return {
    auroc: auroc(inDistribution, novel),
    missRateAtFalseAlarm5: missRateAtFalseAlarm(inDistribution, novel, 0.05),
    missRateAtFalseAlarm1: missRateAtFalseAlarm(inDistribution, novel, 0.01),
  };
}

/** Mean of every figure. @throws {InvalidArgumentError} without figures */
export function meanFigures(all: readonly Figures[]): Figures {
  if (all.length === 0) throw new InvalidArgumentError('figures: expected at least one set');
  const mean = (name: FigureName): number => all.reduce((sum, figures) => sum + figures[name], 0) / all.length;
  return {
    auroc: mean('auroc'),
    missRateAtFalseAlarm5: mean('missRateAtFalseAlarm5'),
    missRateAtFalseAlarm1: mean('missRateAtFalseAlarm1'),
  };
}

/** What is lost of a figure: 1 − AUROC, or the miss rate itself; 0 is perfect. */
export function lossOf(figures: Figures, name: FigureName): number {
  return name === 'auroc' ? 1 - figures.auroc : figures[name];
}

/**
 * A loss of a contest as a function of how often each pool row was drawn, for the bootstrap: sorted once, then linear.
 *
 * @returns NaN when one side was not drawn at all
 */
export function weightedLoss(contest: Contest, name: FigureName): (draws: Int32Array) => number {
  const { inDistribution, novel, inDistributionRows, novelRows } = contest;
  const scores = new Float64Array(inDistribution.length + novel.length);
  scores.set(inDistribution);
  scores.set(novel, inDistribution.length);
  const rows = new Int32Array(scores.length);
  rows.set(inDistributionRows);
  rows.set(novelRows, inDistribution.length);
  const order = Int32Array.from(scores.keys()).sort((i, j) => scores[j] - scores[i] || i - j);
  const isNovel = Uint8Array.from(order, (i) => (i >= inDistribution.length ? 1 : 0));
  const row = Int32Array.from(order, (i) => rows[i]);
  /** Where the entry begins a run of equal scores. */
  const begins = Uint8Array.from(order, (i, at) => (at === 0 || scores[i] !== scores[order[at - 1]] ? 1 : 0));
  return name === 'auroc' ? auroc : missRate;

  function totals(draws: Int32Array): { alarms: number; found: number } {
    const sum = { alarms: 0, found: 0 };
    for (let at = 0; at < row.length; at++) {
      if (isNovel[at]) sum.found += draws[row[at]];
      else sum.alarms += draws[row[at]];
    }
    return sum;
  }

  /** Share of pairs in the wrong order, from the most novel score down; ties count half. */
  function auroc(draws: Int32Array): number {
    const all = totals(draws);
    let twice = 0;
    let above = 0;
    let [tiedAlarms, tiedNovel] = [0, 0];
    for (let at = 0; at < row.length; at++) {
      if (begins[at]) {
        twice += tiedNovel * (2 * above + tiedAlarms);
        above += tiedAlarms;
        [tiedAlarms, tiedNovel] = [0, 0];
      }
      if (isNovel[at]) tiedNovel += draws[row[at]];
      else tiedAlarms += draws[row[at]];
    }
    twice += tiedNovel * (2 * above + tiedAlarms);
    return twice / (2 * all.alarms * all.found);
  }

  /** Misses at the lowest threshold that allows so many alarms: whole runs are counted while they still fit. */
  function missRate(draws: Int32Array): number {
    const all = totals(draws);
    if (all.alarms === 0 || all.found === 0) return NaN;
    const rate = name === 'missRateAtFalseAlarm5' ? 0.05 : 0.01;
    const allowed = Math.floor(rate * all.alarms * (1 + 4 * Number.EPSILON));
    let [alarms, found] = [0, 0];
    for (let at = 0; at < row.length;) {
      let [runAlarms, runFound] = [0, 0];
      do {
        if (isNovel[at]) runFound += draws[row[at]];
        else runAlarms += draws[row[at]];
        at++;
      } while (at < row.length && !begins[at]);
      if (alarms + runAlarms > allowed) break;
      alarms += runAlarms;
      found += runFound;
    }
    return 1 - found / all.found;
  }
}
