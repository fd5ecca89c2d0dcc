import { DomainError, InvalidArgumentError, ShapeError, TooFewSamplesError } from '@outsider/domain';
import { createRandom } from '@outsider/linalg';
import { checkpoint } from './checkpoint.ts';
import { figuresOf, meanFigures, type Contest, type Figures } from './contest.ts';
import type { Activations, Detector, FitControl, FitInput } from './detector.ts';
import { selectActivations } from './select-activations.ts';

/** Images that detectors are taught by and judged by; none of them in the bank. */
export interface JudgedPool {
  readonly activations: Activations;
  /** Irrelevant group of each row, '' for in-distribution rows. */
  readonly groups: readonly string[];
}

export interface JudgedMethod {
  /** Names the method in results; the detector's name unless it is judged with several options. */
  readonly name?: string;
  readonly detector: Detector;
  readonly options: unknown;
}

export interface LeaveOneGroupOutOptions {
  /** One random split of the pool into teaching and judging halves for each; five or more say something. */
  readonly seeds: readonly number[];
  readonly control?: FitControl;
}

/** One group's figures, means over the seeds. */
export interface GroupResult {
  readonly group: string;
  /** Images that judged, in the first seed's split. */
  readonly photos: number;
  /** The detector has learnt from other images of this group. */
  readonly seen: Figures;
  /** It has not; null where there is no other group to learn from. */
  readonly unseen: Figures | null;
}

export interface MethodResult {
  readonly name: string;
  /** Whether seen and unseen differ at all. */
  readonly learnsFromIrrelevant: boolean;
  readonly groups: readonly GroupResult[];
  /** Mean over the groups, each counting the same. */
  readonly macro: { readonly seen: Figures; readonly unseen: Figures | null };
  /** The unseen scores themselves, by seed, then by group; null where unseen is. */
  readonly contests: readonly (readonly Contest[])[] | null;
}

export interface LeaveOneGroupOut {
  readonly groups: readonly string[];
  /** Stratum of each pool row, index into `groups`, −1 for in-distribution: what the bootstrap keeps apart. */
  readonly strata: Int32Array;
  readonly methods: readonly MethodResult[];
  /** Methods that refused the data, with their sentence. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

/** The in-distribution bank that every method is fitted on. */
export type Bank = Pick<FitInput, 'inDistribution' | 'labels' | 'classes' | 'outputLayer'>;

/**
 * How every method does on groups of irrelevant images that it has learnt from and on groups that it has not.
 *
 * For each seed the pool is cut into a teaching and a judging half, group by group. Methods that learn from irrelevant
 * images are taught once by all groups (seen) and once for every group by all the others (unseen), and judged on that
 * group. The others are fitted once; both columns are the same.
 *
 * @throws {ShapeError} @throws {TooFewSamplesError} @throws {CancelledError}
 * @throws {InvalidArgumentError} without groups or seeds
 */
export function leaveOneGroupOut(
  bank: Bank,
  pool: JudgedPool,
  methods: readonly JudgedMethod[],
  { seeds, control }: LeaveOneGroupOutOptions,
): LeaveOneGroupOut {
  const groups = [...new Set(pool.groups.filter((group) => group !== ''))].sort();
  if (groups.length === 0)
    throw new InvalidArgumentError('leave-one-group-out: expected at least one irrelevant group');
  if (seeds.length === 0) throw new InvalidArgumentError('leave-one-group-out: expected at least one seed');
  for (const x of Object.values(pool.activations.byLayer)) {
    if (x.rows !== pool.groups.length)
      throw new ShapeError('pool activations', [pool.groups.length, x.cols], [x.rows, x.cols]);
  }
  const strata = Int32Array.from(pool.groups, (group) => groups.indexOf(group));
  const splits = seeds.map((seed) => splitPool(strata, groups, seed));

  const results: MethodResult[] = [];
  const refused: { name: string; reason: string }[] = [];
  methods.forEach((method, m) => {
    const name = method.name ?? method.detector.name;
    checkpoint(control, m / methods.length, name);
    try {
      results.push(judge(bank, pool, groups, method, name, splits, seeds, control));
    } catch (error) {
      if (!(error instanceof DomainError) || error.code === 'cancelled') throw error;
      refused.push({ name, reason: error.message });
    }
  });
  checkpoint(control, 1);
  return { groups, strata, methods: results, refused };
}

/** Whether a fit reads the irrelevant images that it is given; active share does so to learn its direction. */
export function learnsFromIrrelevant(detector: Detector, options: unknown): boolean {
  return detector.supervised || (options as { direction?: unknown } | undefined)?.direction === 'learned';
}

interface Split {
  readonly teach: Int32Array;
  readonly judge: Int32Array;
  readonly judgedInDistribution: Int32Array;
  /** By group. */
  readonly judgedNovel: readonly Int32Array[];
}

/** Halves of every stratum; an odd image judges. @throws {TooFewSamplesError} with fewer than two in-distribution rows */
function splitPool(strata: Int32Array, groups: readonly string[], seed: number): Split {
  const random = createRandom(seed);
  const teach: number[] = [];
  const judged = [-1, ...groups.keys()].map((stratum) => {
    const members = Array.from(strata.keys()).filter((i) => strata[i] === stratum);
    if (stratum === -1 && members.length < 2)
      throw new TooFewSamplesError('leave-one-group-out, in-distribution images', 2, members.length);
    const order = random.permutation(members.length);
    const half = Math.floor(members.length / 2);
    for (const at of order.subarray(0, half)) teach.push(members[at]);
    return Int32Array.from(order.subarray(half), (at) => members[at]).sort();
  });
  return {
    teach: Int32Array.from(teach).sort(),
    judge: Int32Array.from(judged.flatMap((rows) => [...rows])),
    judgedInDistribution: judged[0],
    judgedNovel: judged.slice(1),
  };
}

function judge(
  bank: Bank,
  pool: JudgedPool,
  groups: readonly string[],
  { detector, options }: JudgedMethod,
  name: string,
  splits: readonly Split[],
  seeds: readonly number[],
  control: FitControl | undefined,
): MethodResult {
  const learns = learnsFromIrrelevant(detector, options);
  const fitControl = { isCancelled: control?.isCancelled };

  function contestsOf(scores: Float64Array, split: Split): Contest[] {
    const inDistribution = split.judgedInDistribution.length;
    return split.judgedNovel.map((novelRows, g) => {
      const from = split.judgedNovel.slice(0, g).reduce((sum, rows) => sum + rows.length, inDistribution);
      return {
        inDistribution: scores.slice(0, inDistribution),
        novel: scores.slice(from, from + novelRows.length),
        inDistributionRows: split.judgedInDistribution,
        novelRows,
      };
    });
  }
  function taughtBy(split: Split, seed: number, except?: string): Contest[] {
    const rows = split.teach.filter((i) => pool.groups[i] !== except);
    const model = detector.fit({ ...bank, seed, supervised: teachingSet(pool, rows) }, options, fitControl);
    return contestsOf(detector.score(model, selectActivations(pool.activations, split.judge)), split);
  }

  let seen: Contest[][];
  let unseen: Contest[][] | null;
  if (learns) {
    seen = splits.map((split, s) => taughtBy(split, seeds[s]));
    unseen =
      groups.length < 2
        ? null
        : splits.map((split, s) => groups.map((group, g) => taughtBy(split, seeds[s], group)[g]));
  } else {
    const model = detector.fit({ ...bank, seed: seeds[0] }, options, fitControl);
    const all = detector.score(model, pool.activations);
    seen = splits.map((split) =>
      contestsOf(
        Float64Array.from(split.judge, (i) => all[i]),
        split,
      ),
    );
    unseen = seen;
  }

  const column = (contests: readonly (readonly Contest[])[]): Figures[] =>
    groups.map((_, g) => meanFigures(contests.map((bySeed) => figuresOf(bySeed[g]))));
  const seenFigures = column(seen);
  const unseenFigures = unseen && column(unseen);
  return {
    name,
    learnsFromIrrelevant: learns,
    groups: groups.map((group, g) => ({
      group,
      photos: splits[0].judgedNovel[g].length,
      seen: seenFigures[g],
      unseen: unseenFigures && unseenFigures[g],
    })),
    macro: { seen: meanFigures(seenFigures), unseen: unseenFigures && meanFigures(unseenFigures) },
    contests: unseen,
  };
}

function teachingSet({ activations, groups }: JudgedPool, rows: Int32Array): FitInput['supervised'] {
  return {
    activations: selectActivations(activations, rows),
    irrelevant: Uint8Array.from(rows, (i) => (groups[i] === '' ? 0 : 1)),
    groups: Array.from(rows, (i) => groups[i]),
  };
}
