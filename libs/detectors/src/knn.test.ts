import { createRandom, matrix, type Matrix } from '@outsider/linalg';
import { describe, expect, it } from 'vitest';
import type { FitInput } from './detector.ts';
import { findNeighbours, knn, type KnnOptions } from './knn.ts';

const random = createRandom(21);
const bank = randomMatrix(60, 5);
const queries = randomMatrix(7, 5);

function randomMatrix(rows: number, cols: number): Matrix {
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  );
}

function inputOf(x: Matrix, classes = 2): FitInput {
  return {
    inDistribution: { byLayer: { relevant_layer: x } },
    labels: Int32Array.from({ length: x.rows }, (_, i) => i % classes),
    classes,
    seed: 4,
  };
}

function fit(x: Matrix, options: Partial<KnnOptions> = {}, classes = 2) {
  return knn.fit(inputOf(x, classes), knn.parseOptions(options));
}

/** Distances to all bank rows, nearest first: slow and obvious. */
function naive(i: number): { row: number; distance: number }[] {
  const q = unit(queries, i);
  return Array.from({ length: bank.rows }, (_, row) => {
    const b = unit(bank, row);
    return { row, distance: Math.sqrt(q.reduce((sum, value, j) => sum + (value - b[j]) ** 2, 0)) };
  }).sort((a, b) => a.distance - b.distance);
}

function unit({ cols, data }: Matrix, i: number): number[] {
  const values = Array.from(data.subarray(i * cols, (i + 1) * cols));
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}

describe('knn', () => {
  it.each([1, 4, 15])('scores the distance to the neighbour number %i', (k) => {
    const scores = knn.score(fit(bank, { k }), { byLayer: { relevant_layer: queries } });
    scores.forEach((score, i) => expect(score).toBeCloseTo(naive(i)[k - 1].distance, 6));
  });

  it('finds the nearest images, with their rows in what it was fitted on', () => {
    const found = findNeighbours(fit(bank), queries, 3);
    expect(found).toHaveLength(queries.rows);
    found.forEach((neighbours, i) => {
      const expected = naive(i).slice(0, 3);
      expect(neighbours.map(({ row }) => row)).toEqual(expected.map(({ row }) => row));
      neighbours.forEach(({ distance }, j) => expect(distance).toBeCloseTo(expected[j].distance, 6));
    });
    expect(findNeighbours(fit(bank), queries, 1000)[0]).toHaveLength(bank.rows);
  });

  it('keeps a sample of the bank that the seed decides, and still knows the rows', () => {
    const model = fit(bank, { bankSize: 20 });
    expect(model.bank.rows).toBe(20);
    expect(new Set(model.rows).size).toBe(20);
    expect(fit(bank, { bankSize: 20 }).rows).toEqual(model.rows);
    expect(knn.fit({ ...inputOf(bank), seed: 5 }, knn.parseOptions({ bankSize: 20 })).rows).not.toEqual(model.rows);
    const kept = matrix(1, 5, bank.data.slice(model.rows[7] * 5, (model.rows[7] + 1) * 5));
    const [[nearest]] = findNeighbours(model, kept, 1);
    expect(nearest.row).toBe(model.rows[7]);
    expect(nearest.distance).toBeLessThan(1e-6);
  });

  it('takes k down to half of the average class', () => {
    expect(fit(bank, { k: 50 }).k).toBe(15);
    expect(fit(bank, { k: 50 }, 6).k).toBe(5);
    expect(fit(bank, { k: 50, bankSize: 2 }).k).toBe(1);
    expect(fit(bank, { k: 3 }).k).toBe(3);
    // A classifier may know many classes that its photos do not show.
    const input = { ...inputOf(bank), classes: 1000 };
    expect(knn.fit(input, knn.parseOptions({ k: 50 })).k).toBe(15);
  });

  it('does not depend on the size of an activation, only on its direction', () => {
    const model = fit(bank);
    const larger = matrix(
      queries.rows,
      5,
      queries.data.map((value) => value * 1024),
    );
    expect(knn.score(model, { byLayer: { relevant_layer: larger } })).toEqual(
      knn.score(model, { byLayer: { relevant_layer: queries } }),
    );
  });
});
