import {
  cholesky,
  ledoitWolf,
  normaliseRows,
  shrunkCovariance,
  solveCholesky,
  transpose,
  zeros,
  type Float64Matrix,
} from '@outsider/linalg';
import { describe, expect, it } from 'vitest';
import { classMeans } from './class-means.ts';
import { makeWorld } from './conformance-world.testing.ts';
import { mds } from './mds.ts';

/** Differences of every row of `x` to one centre. */
function differences(x: Float64Matrix, centres: Float64Matrix, centre: (i: number) => number): Float64Matrix {
  const out = zeros(x.rows, x.cols);
  out.data.forEach((_, at) => {
    const [i, j] = [Math.floor(at / x.cols), at % x.cols];
    out.data[at] = x.data[at] - centres.data[centre(i) * x.cols + j];
  });
  return out;
}

describe('mds', () => {
  it.each([
    [30, 96],
    [200, 96],
  ])('measures with %i images in %i dimensions what the covariance itself does', (n, d) => {
    const { fit, novel } = makeWorld({ n, d, classes: 3, seed: n });
    const unit = normaliseRows(fit.inDistribution.byLayer.relevant_layer!);
    const { means, labels } = classMeans(unit, fit.labels);
    const residuals = differences(unit, means, (i) => labels[i]);
    const factor = cholesky(shrunkCovariance(ledoitWolf(residuals, { assumeCentered: true })));

    const queries = normaliseRows(novel.byLayer.relevant_layer!);
    const expected = new Float64Array(queries.rows).fill(Infinity);
    for (let k = 0; k < 3; k++) {
      const z = differences(queries, means, () => k);
      const solved = solveCholesky(factor, transpose(z));
      for (let i = 0; i < z.rows; i++) {
        let distance = 0;
        for (let j = 0; j < d; j++) distance += z.data[i * d + j] * solved.data[j * z.rows + i];
        expected[i] = Math.min(expected[i], distance);
      }
    }
    const scores = mds.score(mds.fit(fit, mds.defaults), novel);
    scores.forEach((score, i) => expect(Math.abs(score / expected[i] - 1)).toBeLessThan(1e-5));
  });
});
