import { FailedPreconditionError } from '@outsider/domain';
import { createRandom } from '@outsider/linalg';
import { quantiles, type Interval } from '@outsider/metrics';
import { lossOf, weightedLoss, type FigureName } from './contest.ts';
import type { LeaveOneGroupOut, MethodResult } from './leave-one-group-out.ts';

export interface SelectionOptions {
  /** What the worst unseen group is judged by; AUROC by default. */
  readonly by?: FigureName;
  /** The method that a choice must beat; fusion by default. */
  readonly incumbent?: string;
  /** 1000 by default. */
  readonly resamples?: number;
  readonly confidence?: number;
  readonly seed?: number;
}

/** How a method stands in the choice. Losses are 1 − AUROC or miss rates: 0 is perfect. */
export interface Candidate {
  readonly name: string;
  readonly worstGroup: string;
  /** Loss on its worst unseen group, with its bootstrap interval. */
  readonly worst: Interval;
  /** Mean loss over unseen groups. */
  readonly macro: Interval;
  /** Its worst loss less the incumbent's, on the same resampled images: below 0 is better. Null without incumbent. */
  readonly againstIncumbent: Interval | null;
}

export interface Selection {
  readonly chosen: string;
  /** One sentence: why, and the regret. */
  readonly reason: string;
  /** How much more the choice loses on its worst group than the method with the lowest such loss. */
  readonly regret: Interval;
  readonly by: FigureName;
  /** Lowest worst loss first. */
  readonly candidates: readonly Candidate[];
}

/**
 * Chooses the method whose worst unseen group loses least. The incumbent stays unless another beats it beyond doubt:
 * the whole interval of the paired difference must lie below 0, rival by rival. Of many rivals that are just as good one
 * may be lucky, and costs nothing; an interval for all at once would keep an incumbent that is far worse. Images are
 * resampled within the in-distribution ones and within every group.
 *
 * @throws {FailedPreconditionError} when no method could be judged on unseen groups
 */
export function selectDetector(result: LeaveOneGroupOut, options: SelectionOptions = {}): Selection {
  const { by = 'auroc', incumbent = 'fusion', resamples = 1000, confidence = 0.95, seed = 0 } = options;
  const judged = result.methods.filter((method) => method.contests !== null);
  if (judged.length === 0) {
    throw new FailedPreconditionError('no method could be judged on groups that it had not learnt from', {
      reason: 'NOTHING_TO_CHOOSE_BY',
    });
  }
  const draws = drawSamples(result.strata, resamples, seed);
  const losses = judged.map((method) => lossesOf(method, by, draws));
  const order = [...judged.keys()].sort(
    (a, b) => losses[a].worst - losses[b].worst || losses[a].macro - losses[b].macro || a - b,
  );
  const kept = judged.findIndex((method) => method.name === incumbent);

  function difference(a: Losses, b: Losses): Interval {
    return interval(
      a.worst - b.worst,
      a.worstDraws.map((loss, r) => loss - b.worstDraws[r]),
      confidence,
    );
  }
  const candidates = order.map((m): Candidate => ({
    name: judged[m].name,
    worstGroup: losses[m].worstGroup,
    worst: interval(losses[m].worst, losses[m].worstDraws, confidence),
    macro: interval(losses[m].macro, losses[m].macroDraws, confidence),
    againstIncumbent: kept < 0 || kept === m ? null : difference(losses[m], losses[kept]),
  }));
  const better = candidates.find(({ againstIncumbent }) => againstIncumbent !== null && againstIncumbent.high < 0);
  const chosen = kept < 0 ? candidates[0] : (better ?? candidates[order.indexOf(kept)]);
  const regret = difference(losses[order[candidates.indexOf(chosen)]], losses[order[0]]);
  return {
    chosen: chosen.name,
    reason: `${explain(chosen, candidates, kept < 0 ? undefined : incumbent, by)}; ${explainRegret(regret, chosen, candidates[0])}.`,
    regret,
    by,
    candidates,
  };
}

interface Losses {
  readonly worstGroup: string;
  readonly worst: number;
  readonly macro: number;
  /** The same of every resample. */
  readonly worstDraws: Float64Array;
  readonly macroDraws: Float64Array;
}

function lossesOf({ groups, contests }: MethodResult, by: FigureName, draws: readonly Int32Array[]): Losses {
  const point = groups.map(({ unseen }) => (unseen ? lossOf(unseen, by) : NaN));
  const worst = Math.max(...point);
  const weighted = (contests ?? []).map((bySeed) => bySeed.map((contest) => weightedLoss(contest, by)));
  const worstDraws = new Float64Array(draws.length);
  const macroDraws = new Float64Array(draws.length);
  draws.forEach((draw, r) => {
    const byGroup = groups.map((_, g) => meanOfDrawn(weighted.map((bySeed) => bySeed[g](draw))));
    worstDraws[r] = Math.max(...byGroup);
    macroDraws[r] = byGroup.reduce((sum, loss) => sum + loss, 0) / byGroup.length;
  });
  return {
    worstGroup: groups[point.indexOf(worst)].group,
    worst,
    macro: point.reduce((sum, loss) => sum + loss, 0) / point.length,
    worstDraws,
    macroDraws,
  };
}

/** Mean over the seeds whose judging half was drawn from at all; a tiny group can be missed by one of them. */
function meanOfDrawn(losses: readonly number[]): number {
  const drawn = losses.filter((loss) => !Number.isNaN(loss));
  return drawn.length === 0 ? 0 : drawn.reduce((sum, loss) => sum + loss, 0) / drawn.length;
}

/** How often each row is drawn when every stratum is resampled to its own size. */
function drawSamples(strata: Int32Array, resamples: number, seed: number): Int32Array[] {
  const random = createRandom(seed);
  const members = new Map<number, number[]>();
  strata.forEach((stratum, row) => {
    const own = members.get(stratum);
    if (own) own.push(row);
    else members.set(stratum, [row]);
  });
  return Array.from({ length: resamples }, () => {
    const draws = new Int32Array(strata.length);
    for (const rows of members.values())
      for (let i = 0; i < rows.length; i++) draws[rows[random.integer(rows.length)]]++;
    return draws;
  });
}

function interval(value: number, draws: Float64Array, confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  const [low, high] = quantiles(draws, [tail, 1 - tail]);
  return { value, low, high };
}

const words: Record<FigureName, string> = {
  auroc: 'AUROC',
  missRateAtFalseAlarm5: 'miss rate at 5 % false alarms',
  missRateAtFalseAlarm1: 'miss rate at 1 % false alarms',
};

function explain(
  chosen: Candidate,
  candidates: readonly Candidate[],
  incumbent: string | undefined,
  by: FigureName,
): string {
  const figure = ({ worst, worstGroup }: Candidate): string =>
    `${shown(by === 'auroc' ? 1 - worst.value : worst.value)} on ${worstGroup}`;
  if (incumbent === undefined) {
    return `${chosen.name} has the best ${words[by]} on its worst unseen group of ${candidates.length} methods: ${figure(chosen)}`;
  }
  if (chosen.name !== incumbent) {
    const difference = chosen.againstIncumbent;
    const kept = candidates.find(({ name }) => name === incumbent);
    return `${chosen.name} beats ${incumbent} on the worst unseen group: ${words[by]} ${figure(chosen)} against ${kept ? figure(kept) : '?'}; it loses ${shown(-(difference?.high ?? 0))} to ${shown(-(difference?.low ?? 0))} less`;
  }
  const rival = candidates.find(({ name }) => name !== incumbent);
  if (!rival)
    return `${incumbent} is the only method that could be judged: ${words[by]} ${figure(chosen)}, its worst unseen group`;
  const { low = 0, high = 0 } = rival.againstIncumbent ?? {};
  return `${incumbent} is kept, with ${words[by]} ${figure(chosen)}, its worst unseen group: no method beats it beyond doubt; ${rival.name} comes nearest with ${figure(rival)}, a difference in loss between ${shown(low)} and ${shown(high)}`;
}

function explainRegret({ value, low, high }: Interval, chosen: Candidate, best: Candidate): string {
  if (chosen === best) return 'its regret is 0, for no method loses less on its worst group';
  return `its regret, what it loses more than ${best.name}, is ${shown(value)} (${shown(low)} to ${shown(high)})`;
}

function shown(value: number): string {
  return value.toFixed(4);
}
