import { createRandom, matrix, multiply, selectRows, type Matrix } from '@outsider/linalg';
import type { PhotoFeatures } from '../repro/photo-features.ts';

/** What the detector benchmark fits and scores: rows are photos. */
export interface FeatureSets {
  /** Where the features come from, for people. */
  readonly source: string;
  /** The tutorial's sample: in-distribution and irrelevant, 365 rows of 2048. */
  readonly tutorial: { readonly x: Matrix; readonly irrelevant: Int32Array };
  /** In-distribution banks by their number of rows. */
  readonly banks: ReadonlyMap<number, { readonly x: Matrix; readonly labels: Int32Array }>;
  /** 200 rows to score. */
  readonly batch: Matrix;
}

const d = 2048;
const classes = 2;
const tutorialRows = 365;
const benchmarkSizes: readonly number[] = [365, 1600, 5000, 10_000];

/** Real features as far as there are enough of them, the rest from a seeded generator that has their shape. */
export function makeFeatureSets(photos: PhotoFeatures | undefined, bankSizes = benchmarkSizes): FeatureSets {
  const largest = Math.max(...bankSizes);
  const generated = generate(largest + 600, 1);
  const banks = new Map(bankSizes.map((n) => [n, firstRows(generated, n)]));
  const batch = selectRows(generated.x, upTo(200, largest));
  if (!photos) {
    const rows = upTo(tutorialRows, largest + 200);
    const x = selectRows(generated.x, rows);
    const irrelevant = Int32Array.from(rows, (_, i) => Number(i % 30 < 7));
    // The irrelevant ones differ in a tenth of the features.
    irrelevant.forEach((flag, i) => {
      for (let j = 0; flag && j < d; j += 10) x.data[i * d + j] += 0.4;
    });
    return { source: 'a seeded generator', tutorial: { x, irrelevant }, banks, batch };
  }

  const rowsOf = (roles: readonly string[]): number[] =>
    photos.entries.flatMap(({ role }, i) => (roles.includes(role) ? [i] : []));
  const train = shuffled(rowsOf(['train']), 2);
  const trainLabels = new Map(train.map((i) => [i, photos.entries[i].path.includes('/dogs/') ? 1 : 0]));
  for (const n of bankSizes.filter((size) => size <= train.length)) {
    const rows = train.slice(0, n);
    banks.set(n, { x: selectRows(photos.pooled, rows), labels: Int32Array.from(rows, (i) => trainLabels.get(i) ?? 0) });
  }
  const supervised = shuffled(rowsOf(['valid', 'irrelevant']), 3);
  const taught = supervised.slice(0, tutorialRows);
  return {
    source: `photos for up to ${train.length} rows, a seeded generator beyond`,
    tutorial: {
      x: selectRows(photos.pooled, taught),
      irrelevant: Int32Array.from(taught, (i) => Number(photos.entries[i].role === 'irrelevant')),
    },
    banks,
    batch: selectRows(photos.pooled, supervised.slice(0, 200)),
  };
}

/** Two classes around their own means, with 64 shared directions of variation and noise, not below zero. */
function generate(n: number, seed: number): { x: Matrix; labels: Int32Array } {
  const random = createRandom(seed);
  const normals = (rows: number, cols: number, scale: number): Matrix =>
    matrix(
      rows,
      cols,
      Float32Array.from({ length: rows * cols }, () => scale * random.normal()),
    );
  const means = normals(classes, d, 0.15);
  const varied = multiply(normals(n, 64, 1), normals(64, d, 0.05));
  const labels = Int32Array.from({ length: n }, (_, i) => i % classes);
  const data = new Float32Array(n * d);
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = 0; j < d; j++, at++) {
      data[at] = Math.max(0, 0.4 + means.data[labels[i] * d + j] + varied.data[at] + 0.2 * random.normal());
    }
  }
  return { x: matrix(n, d, data), labels };
}

function firstRows({ x, labels }: { x: Matrix; labels: Int32Array }, n: number) {
  return { x: selectRows(x, upTo(n, 0)), labels: labels.slice(0, n) };
}

function upTo(count: number, from: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

function shuffled(rows: readonly number[], seed: number): number[] {
  return Array.from(createRandom(seed).permutation(rows.length), (i) => rows[i]);
}
