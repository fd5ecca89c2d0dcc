import { CancelledError, FailedPreconditionError, InvalidArgumentError, TooFewSamplesError } from '@outsider/domain';
import { createRandom, matrix } from '@outsider/linalg';
import { missRateAtFalseAlarm } from '@outsider/metrics';
import { describe, expect, it } from 'vitest';
import { figuresOf, lossOf, weightedLoss, figureNames, type Contest } from './contest.ts';
import type { Detector } from './detector.ts';
import { knn } from './knn.ts';
import { leaveOneGroupOut, type Bank, type JudgedPool } from './leave-one-group-out.ts';
import { logisticRegression } from './logistic-regression.ts';
import { selectDetector } from './selection.ts';

const d = 12;
const seeds = [1, 2, 3, 4, 5];

/** In-distribution images lie around 0, far ones lie out along their own axis; `near` is like `far` with a sign of its own. */
function makePool(
  groups: Record<string, { count: number; axis: number; shift: number }>,
  inDistribution: number,
  seed: number,
): JudgedPool {
  const random = createRandom(seed);
  const names = [
    ...new Array<string>(inDistribution).fill(''),
    ...Object.entries(groups).flatMap(([name, { count }]) => new Array<string>(count).fill(name)),
  ];
  const data = new Float32Array(names.length * d);
  names.forEach((name, i) => {
    for (let j = 0; j < d; j++)
      data[i * d + j] = random.normal() + (name !== '' && groups[name].axis === j ? groups[name].shift : 0);
  });
  return { activations: { byLayer: { relevant_layer: matrix(names.length, d, data) } }, groups: names };
}

const bankPool = makePool({}, 200, 1);
const bank: Bank = { inDistribution: bankPool.activations, labels: new Int32Array(200), classes: 1 };
const opposite = makePool({ left: { count: 40, axis: 0, shift: -6 }, right: { count: 40, axis: 0, shift: 6 } }, 120, 2);
const logistic = {
  detector: logisticRegression as Detector,
  options: { ...logisticRegression.defaults, c: [1], tol: [1e-4] },
};
const neighbours = { detector: knn as Detector, options: { ...knn.defaults, k: 5 } };

/** Pretends to be a detector whose scores are known. */
function fixed(
  name: string,
  scoreOf: (x: Float32Array | Float64Array) => number,
): { name: string; detector: Detector; options: object } {
  const score: Detector['score'] = (_, { byLayer }) => {
    const x = byLayer.relevant_layer ?? matrix(0, d, new Float64Array());
    return Float64Array.from({ length: x.rows }, (_, i) => scoreOf(x.data.subarray(i * d, (i + 1) * d)));
  };
  return { name, detector: { ...(knn as Detector), fit: () => 0, score }, options: {} };
}
const distance = fixed('distance', (x) => Math.hypot(...x));

describe('leaveOneGroupOut', () => {
  it('shows what a supervised method does not know: it has only learnt one side', () => {
    const { methods } = leaveOneGroupOut(bank, opposite, [logistic, distance], { seeds });
    const [supervised, unsupervised] = methods;
    expect(supervised.learnsFromIrrelevant).toBe(true);
    for (const { unseen } of supervised.groups) expect(unseen?.auroc).toBeLessThan(0.1);
    expect(unsupervised.learnsFromIrrelevant).toBe(false);
    for (const { seen, unseen } of unsupervised.groups) {
      expect(unseen).toEqual(seen);
      expect(seen.auroc).toBeGreaterThan(0.95);
    }
    expect(supervised.macro.unseen?.auroc).toBeCloseTo(
      supervised.groups.reduce((sum, { unseen }) => sum + (unseen?.auroc ?? NaN), 0) / 2,
      14,
    );
  });

  it('shows a seen column that is better, when groups lie on axes of their own', () => {
    const apart = makePool(
      { a: { count: 40, axis: 0, shift: 5 }, b: { count: 40, axis: 1, shift: 5 }, c: { count: 40, axis: 2, shift: 5 } },
      120,
      3,
    );
    const { methods, groups } = leaveOneGroupOut(bank, apart, [logistic], { seeds });
    expect(groups).toEqual(['a', 'b', 'c']);
    for (const { seen, unseen, photos } of methods[0].groups) {
      expect(seen.auroc).toBeGreaterThan(0.92);
      expect(unseen?.auroc).toBeLessThan(0.9);
      expect(photos).toBe(20);
    }
  });

  it('judges on images that did not teach, and teaches without the group left out', () => {
    const taught: string[][] = [];
    const spy: Detector<number, object> = {
      ...(logisticRegression as unknown as Detector<number, object>),
      fit: ({ supervised }) => {
        taught.push([...new Set(supervised?.groups)]);
        return 0;
      },
      score: (_, { byLayer }) => new Float64Array(byLayer.relevant_layer?.rows ?? 0),
    };
    const { methods } = leaveOneGroupOut(bank, opposite, [{ detector: spy, options: {} }], { seeds: [7] });
    expect(taught).toEqual([
      ['', 'left', 'right'],
      ['', 'right'],
      ['', 'left'],
    ]);
    const [left, right] = methods[0].contests?.[0] ?? [];
    expect([...left.novelRows].every((row) => opposite.groups[row] === 'left')).toBe(true);
    expect([...right.novelRows].every((row) => opposite.groups[row] === 'right')).toBe(true);
    expect(left.inDistributionRows).toHaveLength(60);
  });

  it('says which methods refused, and has no unseen column with a single group', () => {
    const single = makePool({ only: { count: 9, axis: 0, shift: 4 } }, 30, 4);
    const starved: Bank = { ...bank, labels: new Int32Array(3) };
    const { methods, refused } = leaveOneGroupOut(starved, single, [logistic, neighbours], { seeds });
    expect(methods.map(({ name, macro }) => [name, macro.unseen])).toEqual([['logistic-regression', null]]);
    expect(refused).toEqual([{ name: 'knn', reason: expect.stringContaining('labels') as string }]);
  });

  it('rejects an empty pool, and can be cancelled', () => {
    expect(() => leaveOneGroupOut(bank, bankPool, [neighbours], { seeds })).toThrow(InvalidArgumentError);
    expect(() => leaveOneGroupOut(bank, opposite, [neighbours], { seeds: [] })).toThrow(InvalidArgumentError);
    const lone = makePool({ a: { count: 3, axis: 0, shift: 1 } }, 1, 1);
    expect(() => leaveOneGroupOut(bank, lone, [neighbours], { seeds })).toThrow(TooFewSamplesError);
    expect(() =>
      leaveOneGroupOut(bank, opposite, [neighbours], { seeds, control: { isCancelled: () => true } }),
    ).toThrow(CancelledError);
  });
});

describe('weightedLoss', () => {
  it.each(figureNames)('of resampled images is the %s of the copies', (name) => {
    const random = createRandom(8);
    for (let run = 0; run < 40; run++) {
      const [n, m] = [30, 17];
      const coarse = (shift: number) => () => Math.round(2 * (random.normal() + shift)) / 2;
      const contest: Contest = {
        inDistribution: Float64Array.from({ length: n }, coarse(0)),
        novel: Float64Array.from({ length: m }, coarse(1)),
        inDistributionRows: Int32Array.from({ length: n }, (_, i) => i),
        novelRows: Int32Array.from({ length: m }, (_, i) => n + i),
      };
      const draws = Int32Array.from({ length: n + m }, () => random.integer(4));
      const copies = (scores: Float64Array, from: number): Float64Array =>
        Float64Array.from([...scores].flatMap((score, i) => new Array<number>(draws[from + i]).fill(score)));
      const repeated = {
        ...contest,
        inDistribution: copies(contest.inDistribution, 0),
        novel: copies(contest.novel, n),
      };
      expect(weightedLoss(contest, name)(draws)).toBeCloseTo(lossOf(figuresOf(repeated), name), 12);
      expect(weightedLoss(contest, name)(draws.map(() => 1))).toBeCloseTo(lossOf(figuresOf(contest), name), 12);
    }
  });

  it('is unknown when one side was not drawn', () => {
    const contest: Contest = {
      inDistribution: Float64Array.of(0),
      novel: Float64Array.of(1),
      inDistributionRows: Int32Array.of(0),
      novelRows: Int32Array.of(1),
    };
    for (const name of figureNames) expect(weightedLoss(contest, name)(Int32Array.of(3, 0))).toBeNaN();
  });
});

describe('selectDetector', () => {
  const strong = fixed('strong', (x) => Math.abs(x[0]));
  const same = fixed('fusion', (x) => Math.abs(x[0]) + 0.02 * x[3]);
  const weak = fixed('fusion', (x) => Math.abs(x[0]) + 6 * Math.abs(x[3]));
  const pool = makePool({ left: { count: 60, axis: 0, shift: -2.5 }, right: { count: 60, axis: 0, shift: 3 } }, 200, 6);

  it('keeps fusion when nothing beats it beyond doubt, and says so', () => {
    const selection = selectDetector(leaveOneGroupOut(bank, pool, [strong, same], { seeds }), { resamples: 400 });
    expect(selection.chosen).toBe('fusion');
    expect(selection.reason).toMatch(
      /^fusion is kept, with AUROC 0\.9\d+ on left.*no method beats it beyond doubt; strong comes nearest/,
    );
    expect(selection.reason).toMatch(
      /its regret, what it loses more than strong, is 0\.00\d\d \(-?0\.\d+ to 0\.\d+\)\.$/,
    );
    expect(selection.regret.low).toBeLessThanOrEqual(0);
    expect(selection.regret.value).toBeLessThan(0.01);
  });

  it('takes a method that beats fusion beyond doubt, and says by how much', () => {
    const selection = selectDetector(leaveOneGroupOut(bank, pool, [weak, strong], { seeds }), { resamples: 400 });
    expect(selection.chosen).toBe('strong');
    expect(selection.reason).toMatch(/^strong beats fusion on the worst unseen group: AUROC 0\.9/);
    const [first] = selection.candidates;
    expect(first.againstIncumbent?.high).toBeLessThan(0);
    expect(first.worst.low).toBeLessThan(first.worst.value);
    expect(first.worst.high).toBeGreaterThan(first.worst.value);
    expect(first.worstGroup).toBe('left');
    expect(selection.regret.value).toBe(0);
    expect(selection.reason).toMatch(/its regret is 0, for no method loses less on its worst group\.$/);
  });

  it('goes by the worst group, not by the mean', () => {
    const oneSided = fixed('one-sided', (x) => x[0]);
    const { candidates, chosen } = selectDetector(leaveOneGroupOut(bank, pool, [oneSided, strong], { seeds }), {
      resamples: 50,
    });
    expect(chosen).toBe('strong');
    expect(candidates[1]).toMatchObject({ name: 'one-sided', worstGroup: 'left', againstIncumbent: null });
    expect(candidates[1].worst.value).toBeGreaterThan(0.9);
  });

  it('can go by a miss rate, agrees with the contests, and repeats itself for a seed', () => {
    const result = leaveOneGroupOut(bank, pool, [strong, same], { seeds });
    const by = 'missRateAtFalseAlarm5';
    const selection = selectDetector(result, { by, resamples: 100, seed: 3 });
    expect(selectDetector(result, { by, resamples: 100, seed: 3 })).toEqual(selection);
    const mean = (result.methods[0].contests ?? []).reduce(
      (sum, [left]) => sum + missRateAtFalseAlarm(left.inDistribution, left.novel, 0.05) / seeds.length,
      0,
    );
    expect(selection.candidates.find(({ name }) => name === 'strong')?.worst.value).toBeCloseTo(mean, 14);
  });

  it('refuses to choose where nothing could be judged', () => {
    const single = makePool({ only: { count: 9, axis: 0, shift: 4 } }, 30, 4);
    const result = leaveOneGroupOut(bank, single, [logistic], { seeds });
    expect(() => selectDetector(result)).toThrow(FailedPreconditionError);
  });
});
