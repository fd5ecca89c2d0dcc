import { matrix, multiply, type Matrix } from '@outsider/linalg';
import { describe, expect, it } from 'vitest';
import { getDetector } from './catalogue.ts';
import type { Activations, FitInput } from './detector.ts';
import fixture from './fixtures/detectors.json' with { type: 'json' };
import openood from './fixtures/openood.json' with { type: 'json' };
import { rankCorrelation } from './rank-correlation.testing.ts';

type Case = (typeof fixture.cases)[number];

/** Scores by name as the fixture has them: the method, and the options it was run with. */
const runs: [string, string, (c: Case) => Record<string, unknown>][] = [
  ['msp', 'msp', () => ({})],
  ['max-logit', 'max-logit', () => ({})],
  ['energy', 'energy', () => ({})],
  ['energy at T = 2', 'energy', () => ({ temperature: 2 })],
  ['gen', 'gen', () => ({})],
  ['gen, top 2', 'gen', () => ({ top: 2 })],
  ['react', 'react', () => ({})],
  ['scale', 'scale', () => ({})],
  ['fdbd', 'fdbd', () => ({})],
  ['nci', 'nci', () => ({})],
  ['mds', 'mds', () => ({})],
  ['rmds', 'rmds', () => ({})],
  ['vim', 'vim', ({ dimensions }) => ({ dimensions })],
  ['knn', 'knn', ({ k }) => ({ k })],
  ['nnguide', 'nnguide', ({ k }) => ({ k })],
  ['neco', 'neco', () => ({})],
  ['active-share', 'active-share', () => ({})],
];

describe.each(fixture.cases)('$name, against numpy, scipy and scikit-learn', (c) => {
  it.each(runs)('%s', (key, name, optionsOf) => {
    const scores = scoresOf(c, name, optionsOf(c));
    const expected = c.scores[key as keyof Case['scores']];
    expect(scores.length).toBe(expected.length);
    const largest = Math.max(...expected.map(Math.abs));
    expected.forEach((value, i) => {
      expect(Math.abs(scores[i] - value), `score ${i}: ${scores[i]} for ${value}`).toBeLessThanOrEqual(1e-5 * largest);
    });
  });
});

describe("against OpenOOD's postprocessors, which work in float32", () => {
  const c = fixture.cases.find(({ name }) => name === openood.case) as Case;

  it.each(Object.entries(openood.scores))('%s orders images alike', (name, expected) => {
    const optionsOf = runs.find(([key]) => key === name)?.[2];
    const scores = scoresOf(c, name, optionsOf?.(c) ?? {});
    expect(rankCorrelation(scores, expected)).toBeGreaterThanOrEqual(0.99999);
  });
});

function scoresOf(c: Case, name: string, given: Record<string, unknown>): Float64Array {
  const weights = toMatrix(c.weights);
  const bias = Float32Array.from(c.bias);
  const input: FitInput = {
    inDistribution: activationsOf(toMatrix(c.x), weights, bias),
    labels: Int32Array.from(c.labels),
    classes: c.classes,
    outputLayer: { weights, bias },
    seed: 0,
  };
  const detector = getDetector(name);
  const model = detector.fit(input, detector.parseOptions(given));
  return detector.score(model, activationsOf(toMatrix(c.z), weights, bias));
}

function activationsOf(x: Matrix, weights: Matrix, bias: Float32Array): Activations {
  const logits = multiply(x, weights);
  // In float64 as the oracle has them: here the methods are compared, not the rounding of the logits.
  const data = logits.data.map((value, i) => value + bias[i % bias.length]);
  return { byLayer: { relevant_layer: x, logits: matrix(logits.rows, logits.cols, data) } };
}

function toMatrix(values: readonly (readonly number[])[]): Matrix {
  return matrix(values.length, values[0].length, Float32Array.from(values.flat()));
}
