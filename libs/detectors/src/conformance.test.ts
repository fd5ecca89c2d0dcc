import { BackboneMismatchError, CancelledError, DomainError, InvalidArgumentError, ShapeError } from '@outsider/domain';
import { createRandom, currentKernels, matrix, selectRows, setKernels, type Matrix } from '@outsider/linalg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { detectors } from './catalogue.ts';
import { makeWorld, mapLayers, type World } from './conformance-world.testing.ts';
import type { Activations, Detector, FitInput } from './detector.ts';
import { loadModel } from './load-model.ts';
import { encodeModel } from './model-codec.ts';

const backboneVersion = 'c0'.repeat(32);
/** Fewer images than dimensions: the normal case. */
const wide = makeWorld({ n: 48, d: 96, classes: 3, seed: 1 });
const tall = makeWorld({ n: 240, d: 60, classes: 3, seed: 2 });

// Some methods fit several times over, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

const initialKernels = currentKernels();
afterEach(() => {
  setKernels(initialKernels);
});

describe.each(detectors.map((detector) => [detector.name, detector] as const))('%s', (name, detector) => {
  const options = detector.defaults;
  const model = detector.fit(wide.fit, options);

  it('has a kebab-case name and default options that it accepts', () => {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(detector.formatVersion).toBeGreaterThanOrEqual(1);
    expect(detector.parseOptions(undefined)).toEqual(options);
    expect(detector.parseOptions(JSON.parse(JSON.stringify(options)))).toEqual(options);
    expect(() => detector.parseOptions({ surprise: 1 })).toThrow(InvalidArgumentError);
    expect(() => detector.parseOptions('fast')).toThrow(InvalidArgumentError);
    expect(() => detector.parseOptions([1])).toThrow(InvalidArgumentError);
    expect(() => detector.parseOptions({ layer: 'last' })).toThrow(InvalidArgumentError);
    // Its weights belong to one layer, and another may be as wide.
    if (detector.needsOutputLayer(options))
      expect(() => detector.parseOptions({ layer: 'pooled' })).toThrow(InvalidArgumentError);
  });

  it.each([
    ['fewer images than dimensions', wide],
    ['more images than dimensions', tall],
  ])('gives novel images higher scores, with %s', (_, world) => {
    const fitted = detector.fit(world.fit, options);
    const area = areaUnderRoc(detector.score(fitted, world.inDistribution), detector.score(fitted, world.novel));
    expect(area).toBeGreaterThan(0.8);
  });

  it('fits the same model again', () => {
    expect(bytesOf(detector, detector.fit(wide.fit, options))).toEqual(bytesOf(detector, model));
  });

  it('does not depend on the order of the images it is fitted on', () => {
    const permuted = detector.fit(shuffleFit(wide.fit, 9), options);
    const before = scoresOf(detector, model, wide);
    const after = scoresOf(detector, permuted, wide);
    expectClose(after, before, 1e-5);
  });

  it('scores each image by itself: in any order, alone or in a batch', () => {
    const batch = detector.score(model, wide.novel);
    const order = createRandom(3).permutation(batch.length);
    expectClose(
      detector.score(model, rowsOf(wide.novel, order)),
      Float64Array.from(order, (i) => batch[i]),
      1e-9,
    );
    const alone = Float64Array.from(batch, (_, i) => detector.score(model, rowsOf(wide.novel, [i]))[0]);
    expectClose(alone, batch, 1e-9);
  });

  it('gives the same scores, bit for bit, after being stored and loaded', () => {
    const loaded = loadModel(bytesOf(detector, model), backboneVersion);
    expect(loaded.detector).toBe(detector);
    expect(loaded.header.options).toEqual(options);
    expect(scoresOf(detector, loaded.model, wide)).toEqual(scoresOf(detector, model, wide));
  });

  it('is refused for another backbone version', () => {
    expect(() => loadModel(bytesOf(detector, model), 'd1'.repeat(32))).toThrow(BackboneMismatchError);
  });

  it('is refused when a newer release wrote it', () => {
    const newer = encodeModel({ ...headerOf(detector), formatVersion: detector.formatVersion + 1 }, model);
    expect(() => loadModel(newer, backboneVersion)).toThrow(/newer release/);
  });

  it('rejects activations of another width, empty, not finite or missing', () => {
    const change = (to: (x: Matrix) => Matrix) => () => detector.score(model, mapLayers(wide.novel, to));
    expect(change((x) => matrix(1, x.cols + 1, new Float32Array(x.cols + 1)))).toThrow(ShapeError);
    expect(change((x) => matrix(0, x.cols, new Float32Array(0)))).toThrow(InvalidArgumentError);
    expect(change((x) => replaced(x, 7, NaN))).toThrow(/finite.*NaN/);
    expect(change((x) => replaced(x, 7, -Infinity))).toThrow(/finite.*Infinity/);
    expect(() => detector.score(model, { byLayer: {} })).toThrow(InvalidArgumentError);
  });

  it('is not fitted on what is empty, not finite, missing or mislabelled', () => {
    const fitting = (to: (x: Matrix) => Matrix) => () => detector.fit(mapFit(wide.fit, to), options);
    expect(fitting((x) => matrix(0, x.cols, new Float32Array(0)))).toThrow(DomainError);
    expect(fitting((x) => replaced(x, 7, NaN))).toThrow(InvalidArgumentError);
    expect(() =>
      detector.fit({ ...wide.fit, inDistribution: { byLayer: {} }, supervised: undefined }, options),
    ).toThrow(DomainError);
    if (detector.needsOutputLayer(options)) {
      expect(() => detector.fit({ ...wide.fit, outputLayer: undefined }, options)).toThrow(/output layer/);
    }
    if (detector.supervised) {
      expect(() => detector.fit({ ...wide.fit, supervised: undefined }, options)).toThrow(DomainError);
    } else {
      expect(() => detector.fit({ ...wide.fit, labels: wide.fit.labels.map(() => 99) }, options)).toThrow(
        InvalidArgumentError,
      );
    }
  });

  it('gives finite scores when fitted on constant features', () => {
    const constant = detector.fit(
      mapFit(wide.fit, (x) => constantRows(x)),
      options,
    );
    expectFinite(scoresOf(detector, constant, wide));
    const someConstant = detector.fit(
      mapFit(wide.fit, (x) => constantColumns(x)),
      options,
    );
    expectFinite(scoresOf(detector, someConstant, wide));
  });

  it.each([
    ['fewer images than dimensions', wide],
    ['more images than dimensions', tall],
  ])('gives finite scores when fitted on duplicated images, with %s', (_, world) => {
    for (const share of [0, 0.1, 0.5, 0.9]) {
      const fitted = detector.fit(duplicated(world.fit, share), options);
      expectFinite(scoresOf(detector, fitted, world));
    }
  });

  it('gives finite scores for a classifier of more classes than features', () => {
    const many = makeWorld({ n: 80, d: 24, classes: 40, seed: 6 });
    expectFinite(scoresOf(detector, detector.fit(many.fit, options), many));
  });

  it('gives finite scores for zero activations, and when fitted on some', () => {
    const zero = mapLayers(wide.novel, (x) => matrix(2, x.cols, new Float32Array(2 * x.cols)));
    expectFinite(detector.score(model, zero));
    const fitted = detector.fit(
      mapFit(wide.fit, (x) => zeroRow(x, 0)),
      options,
    );
    expectFinite(detector.score(fitted, zero));
    expectFinite(scoresOf(detector, fitted, wide));
  });

  it('works with one class only', () => {
    const single = makeWorld({ n: 40, d: 64, classes: 1, seed: 4 });
    expectFinite(scoresOf(detector, detector.fit(single.fit, options), single));
    const oneOfThree = permuteFit(
      wide.fit,
      Array.from(wide.fit.labels.keys()).filter((i) => wide.fit.labels[i] === 1),
    );
    expectFinite(scoresOf(detector, detector.fit(oneOfThree, options), wide));
    if (detector.supervised) {
      const onlyKnown = withSupervised(wide.fit, (irrelevant) => irrelevant === 0);
      expect(() => detector.fit(onlyKnown, options)).toThrow(DomainError);
    }
  });

  it('scores 100,000 images in bounded memory, each as before', () => {
    const small = makeWorld({ n: 100, d: 8, classes: 2, seed: 5 });
    const fitted = detector.fit(small.fit, options);
    let largestProduct = 0;
    setKernels({
      name: 'watched',
      product: (...operands) => {
        const result = initialKernels.product(...operands);
        largestProduct = Math.max(largestProduct, result.data.length);
        return result;
      },
    });
    const many = rowsOf(
      small.novel,
      Int32Array.from({ length: 100_000 }, (_, i) => i % 30),
    );
    const scores = detector.score(fitted, many);
    // All against all would be 10 million numbers.
    expect(largestProduct).toBeLessThanOrEqual(2 ** 22);
    expect(scores.length).toBe(100_000);
    const expected = detector.score(fitted, small.novel);
    expectClose(
      scores.subarray(-30),
      Float64Array.from({ length: 30 }, (_, i) => expected[(99_970 + i) % 30]),
      1e-9,
    );
  });

  it('reports progress that grows to 1, and stops when cancelled', () => {
    const fractions: number[] = [];
    detector.fit(wide.fit, options, { onProgress: (fraction) => fractions.push(fraction) });
    expect(fractions.at(-1)).toBe(1);
    expect(fractions.every((fraction, i) => fraction >= 0 && (i === 0 || fraction >= fractions[i - 1]))).toBe(true);

    let polls = 0;
    const cancelled = () => detector.fit(wide.fit, options, { isCancelled: () => ++polls >= 2 });
    expect(cancelled).toThrow(CancelledError);
    expect(polls).toBe(2);
  });
});

function headerOf(detector: Detector) {
  const { name, formatVersion, defaults } = detector;
  return { detector: name, formatVersion, options: defaults, backboneVersion, layers: detector.layers(defaults) };
}

function bytesOf(detector: Detector, model: unknown): Uint8Array {
  return encodeModel(headerOf(detector), model);
}

function scoresOf(detector: Detector, model: unknown, world: World): Float64Array {
  return Float64Array.of(...detector.score(model, world.inDistribution), ...detector.score(model, world.novel));
}

function rowsOf(from: Activations, indices: ArrayLike<number>): Activations {
  return mapLayers(from, (x) => selectRows(x, indices));
}

function permuteFit(input: FitInput, order: ArrayLike<number>): FitInput {
  return {
    ...input,
    inDistribution: rowsOf(input.inDistribution, order),
    labels: Int32Array.from(order, (i) => input.labels[i]),
  };
}

/** The images of both parts in another order. */
function shuffleFit(input: FitInput, seed: number): FitInput {
  const random = createRandom(seed);
  const shuffled = permuteFit(input, random.permutation(input.labels.length));
  return withSupervisedRows(shuffled, random.permutation(input.supervised?.groups.length ?? 0));
}

/** As many images as before, a share of them distinct, but at least one of each class and of each kind. */
function duplicated(input: FitInput, share: number): FitInput {
  const distinct = Math.max(input.classes, Math.round(share * input.labels.length));
  const { groups } = input.supervised!;
  const from = groups.findIndex((group) => group !== '');
  const copies = Int32Array.from(groups, (group, i) => (group === '' ? (i % distinct) % from : from + (i % 2)));
  return withSupervisedRows(
    permuteFit(
      input,
      input.labels.map((_, i) => i % distinct),
    ),
    copies,
  );
}

function withSupervised(input: FitInput, keep: (irrelevant: number) => boolean): FitInput {
  return withSupervisedRows(
    input,
    [...input.supervised!.irrelevant.keys()].filter((i) => keep(input.supervised!.irrelevant[i])),
  );
}

function withSupervisedRows(input: FitInput, rows: ArrayLike<number>): FitInput {
  const { activations, irrelevant, groups } = input.supervised!;
  return {
    ...input,
    supervised: {
      activations: rowsOf(activations, rows),
      irrelevant: Uint8Array.from(rows, (i) => irrelevant[i]),
      groups: Array.from(rows, (i) => groups[i]),
    },
  };
}

function mapFit(input: FitInput, change: (x: Matrix) => Matrix): FitInput {
  return {
    ...input,
    inDistribution: mapLayers(input.inDistribution, change),
    supervised: input.supervised && {
      ...input.supervised,
      activations: mapLayers(input.supervised.activations, change),
    },
  };
}

function replaced(x: Matrix, at: number, value: number): Matrix {
  const data = x.data.slice();
  data[at % data.length] = value;
  return matrix(x.rows, x.cols, data);
}

function constantRows(x: Matrix): Matrix {
  return selectRows(x, new Int32Array(x.rows));
}

function constantColumns(x: Matrix): Matrix {
  return matrix(
    x.rows,
    x.cols,
    x.data.map((value, i) => (i % 3 === 0 ? 0.25 : value)),
  );
}

function zeroRow(x: Matrix, row: number): Matrix {
  const data = x.data.slice();
  data.fill(0, row * x.cols, (row + 1) * x.cols);
  return matrix(x.rows, x.cols, data);
}

function expectFinite(scores: Float64Array): void {
  for (const score of scores) expect(score).toSatisfy(Number.isFinite);
}

/** Relative to the larger of the value and the spread of all. */
function expectClose(actual: Float64Array, expected: Float64Array, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const spread = Math.max(...expected) - Math.min(...expected);
  for (let i = 0; i < expected.length; i++) {
    const allowed = tolerance * Math.max(Math.abs(expected[i]), spread);
    expect(Math.abs(actual[i] - expected[i]), `score ${i}: ${actual[i]} for ${expected[i]}`).toBeLessThanOrEqual(
      allowed,
    );
  }
}

/** Slow and obvious. */
function areaUnderRoc(negative: Float64Array, positive: Float64Array): number {
  let won = 0;
  for (const p of positive) for (const n of negative) won += (Math.sign(p - n) + 1) / 2;
  return won / (negative.length * positive.length);
}
