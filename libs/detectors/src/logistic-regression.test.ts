import { CancelledError, InvalidArgumentError, ShapeError, TooFewSamplesError } from '@outsider/domain';
import { createRandom, fromRows, prepareVectorProducts, selectRows, zeros, type Matrix } from '@outsider/linalg';
import { logLoss } from '@outsider/metrics';
import { describe, expect, it } from 'vitest';
import { fitLogisticRegression, logits, predictProbability } from './fit-logistic-regression.ts';
import fixture from './fixtures/logistic-regression.json' with { type: 'json' };
import { searchLogisticGrid, tutorialGrid } from './grid-search.ts';
import { logisticLoss } from './logistic-loss.ts';
import { logisticRegression } from './logistic-regression.ts';
import { rowSpan } from './row-span.ts';
import { stratifiedFolds } from './stratified-k-fold.ts';
import { stratifiedSplit } from './stratified-split.ts';

const fits = fixture.fits.flatMap(({ exact, ...data }) =>
  exact.map((each) => ({ ...data, ...each, n: data.x.length, d: data.x[0].length })),
);

function largestDifference(a: Matrix, b: Matrix): number {
  return Array.from(a.data).reduce((largest, value, i) => Math.max(largest, Math.abs(value - b.data[i])), 0);
}

describe('fitLogisticRegression', () => {
  it.each(fits)('reaches the optimum of scikit-learn: $n × $d, $classes classes, C $c, balanced $balanced', (each) => {
    const [x, labels] = [fromRows(each.x), Int32Array.from(each.labels)];
    const model = fitLogisticRegression(x, labels, each.classes, { c: each.c, tol: 1e-9, balanced: each.balanced });
    expect(Math.abs(logLoss(predictProbability(model, x), labels) - each.logLoss)).toBeLessThan(1e-6);
    expect(largestDifference(predictProbability(model, fromRows(each.z)), fromRows(each.probabilities))).toBeLessThan(
      1e-5,
    );
  });

  it.each([2, 3])('descends along the gradient that finite differences give, with %i classes', (classes) => {
    const random = createRandom(classes);
    const [n, d] = [7, 4];
    const x = { rows: n, cols: d, data: Float64Array.from({ length: n * d }, random.normal) };
    const labels = Int32Array.from({ length: n }, (_, i) => i % classes);
    const classWeights = Float64Array.from({ length: classes }, random.next);
    const loss = logisticLoss({ x: prepareVectorProducts(x), labels, classes, classWeights }, 0.3);
    const parameters = Float64Array.from({ length: (classes === 2 ? 1 : classes) * (d + 1) }, random.normal);
    const gradient = new Float64Array(parameters.length);
    const unused = new Float64Array(parameters.length);
    loss(parameters, gradient);
    gradient.forEach((slope, j) => {
      const h = 1e-5;
      const at = (step: number): number => loss(parameters.map((p, i) => (i === j ? p + step : p)), unused); // prettier-ignore
      expect(slope).toBeCloseTo((at(h) - at(-h)) / (2 * h), 8);
    });
  });

  it('gives the same model when rows are repeated or features are zero', () => {
    const x = fromRows([[1, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 2, 0, 0], [0, 0, 3, 0, 0]]); // prettier-ignore
    const options = { c: 1, tol: 1e-9, balanced: false };
    const wide = fitLogisticRegression(x, Int32Array.of(0, 0, 1, 1), 2, options);
    const tall = fitLogisticRegression(fromRows([[1, 0], [1, 0], [0, 2], [0, 3]]), Int32Array.of(0, 0, 1, 1), 2, options); // prettier-ignore
    [0, 2].forEach((j, i) => expect(wide.weights.data[j]).toBeCloseTo(tall.weights.data[i], 7));
    expect(wide.weights.data[1]).toBe(0);
    const none = fitLogisticRegression(zeros(4, 9), Int32Array.of(0, 1, 1, 1), 2, options);
    expect(predictProbability(none, zeros(1, 9)).data[1]).toBeCloseTo(0.75, 6);
  });

  it('rejects what it cannot fit', () => {
    const x = fromRows([[1], [2]]);
    const options = { c: 1, tol: 1e-4, balanced: true };
    expect(() => fitLogisticRegression(x, Int32Array.of(1, 1), 2, options)).toThrow(TooFewSamplesError);
    expect(() => fitLogisticRegression(x, Int32Array.of(0, 2), 2, options)).toThrow('class indices from 0 to 1, got 2');
    expect(() => fitLogisticRegression(x, Int32Array.of(0), 2, options)).toThrow(ShapeError);
    expect(() => fitLogisticRegression(x, Int32Array.of(0, 1), 2, { ...options, c: 0 })).toThrow(InvalidArgumentError);
    expect(() => fitLogisticRegression(fromRows([[1], [NaN]]), Int32Array.of(0, 1), 2, options)).toThrow('in row 1');
  });
});

describe('stratifiedFolds', () => {
  it.each(fixture.folds)('assigns as scikit-learn does, $folds folds', ({ labels, folds, assigned }) => {
    expect([...stratifiedFolds(labels, folds)]).toEqual(assigned);
  });

  it('refuses more folds than samples of any class', () => {
    expect(() => stratifiedFolds([0, 0, 1], 3)).toThrow(TooFewSamplesError);
    expect(() => stratifiedFolds([0, 0, 1], 1)).toThrow(InvalidArgumentError);
  });
});

describe('stratifiedSplit', () => {
  const labels = Array.from({ length: 522 }, (_, i) => (i % 522 < 400 ? 0 : 1));

  it('tests 30 % of every class, as the tutorial does', () => {
    const { train, test } = stratifiedSplit(labels, 0.3, 1);
    expect([train.length, test.length]).toEqual([365, 157]);
    expect(test.filter((i) => labels[i] === 1)).toHaveLength(37);
    expect([...train, ...test].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
  });

  it('depends on the seed alone', () => {
    expect(stratifiedSplit(labels, 0.3, 1)).toEqual(stratifiedSplit(labels, 0.3, 1));
    expect(stratifiedSplit(labels, 0.3, 1)).not.toEqual(stratifiedSplit(labels, 0.3, 2));
  });
});

describe('searchLogisticGrid', () => {
  it.each(fixture.grids)(
    'chooses what GridSearchCV chooses',
    ({ x: values, labels: given, logLosses, best, refitLogLoss }) => {
      const [x, labels] = [fromRows(values), Int32Array.from(given)];
      const found = searchLogisticGrid(x, labels, 2, tutorialGrid);
      found.points.forEach((point, i) => expect(Math.abs(point.logLoss - logLosses[i])).toBeLessThan(1e-5));
      expect({ c: found.best.c, tol: found.best.tol }).toEqual(best);
      expect(Math.abs(logLoss(predictProbability(found.model, x), labels) - refitLogLoss)).toBeLessThan(1e-5);
    },
  );

  it('takes the first of equal points, and can be cancelled', () => {
    const x = zeros(6, 2);
    const labels = Int32Array.of(0, 1, 0, 1, 0, 1);
    expect(searchLogisticGrid(x, labels, 2, { ...tutorialGrid, c: [3, 1] }).best.c).toBe(3);
    expect(() => searchLogisticGrid(x, labels, 2, tutorialGrid, { isCancelled: () => true })).toThrow(CancelledError);
    expect(() => searchLogisticGrid(x, labels, 2, { ...tutorialGrid, c: [] })).toThrow(InvalidArgumentError);
  });
});

describe('rowSpan', () => {
  it('keeps inner products and leads back to the features', () => {
    const random = createRandom(5);
    const few = { rows: 4, cols: 9, data: Float64Array.from({ length: 36 }, random.normal) };
    const x = selectRows(few, [0, 1, 2, 1, 3]);
    const span = rowSpan(x);
    expect(span.coordinates.cols).toBe(4);
    for (let i = 0; i < x.rows; i++) {
      const features = span.toFeatures(Float64Array.from(span.coordinates.data.subarray(i * 4, i * 4 + 4)));
      features.forEach((value, j) => expect(value).toBeCloseTo(x.data[i * 9 + j], 12));
      const largest = Math.max(...features.map(Math.abs));
      const coordinates = Float64Array.from(span.coordinates.data.subarray(i * 4, i * 4 + 4));
      expect([0.9, 0.999, 1.001].map((share) => span.exceeds(coordinates, share * largest))).toEqual([
        true,
        true,
        false,
      ]);
    }
  });
});

describe('logisticRegression', () => {
  it('scores the log-odds of being irrelevant, unbounded', () => {
    const { x: values, labels: given } = fixture.grids[0];
    const activations = { byLayer: { relevant_layer: fromRows(values) } };
    const input = {
      inDistribution: activations,
      labels: new Int32Array(values.length),
      classes: 1,
      supervised: {
        activations,
        irrelevant: Uint8Array.from(given),
        groups: given.map((label) => (label ? 'food' : '')),
      },
      seed: 0,
    };
    const model = logisticRegression.fit(input, logisticRegression.defaults);
    const expected = searchLogisticGrid(fromRows(values), Int32Array.from(given), 2, tutorialGrid).model;
    expect([...logisticRegression.score(model, activations)]).toEqual(
      [...logits(expected, fromRows(values)).data].map((v) => expect.closeTo(v, 9)),
    );
    expect(() => logisticRegression.fit({ ...input, supervised: undefined }, logisticRegression.defaults)).toThrow(
      'there are none',
    );
  });
});
