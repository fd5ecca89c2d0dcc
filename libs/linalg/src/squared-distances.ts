import { multiplyTransposed } from './multiply.ts';
import { squaredNorms } from './norms.ts';
import type { Float64Matrix, Matrix } from './matrix.ts';

/**
 * ‖xᵢ − yⱼ‖² for every pair of rows, as ‖x‖² + ‖y‖² − 2⟨x, y⟩ in float64, never below zero.
 *
 * The difference cancels: distances below 1e-7 of the norms are only known to be small.
 *
 * @param x shape [n, d]
 * @param y shape [m, d]
 * @param yNorms ‖yⱼ‖² where known from before, shape [m]
 * @returns shape [n, m]
 * @throws {ShapeError} when the dimensions differ
 */
export function squaredDistances(x: Matrix, y: Matrix, yNorms: Float64Array = squaredNorms(y)): Float64Matrix {
  const out = multiplyTransposed(x, y);
  const xNorms = squaredNorms(x);
  const { data, cols } = out;
  for (let i = 0; i < out.rows; i++) {
    for (let j = 0; j < cols; j++) {
      const at = i * cols + j;
      data[at] = Math.max(0, xNorms[i] + yNorms[j] - 2 * data[at]);
    }
  }
  return out;
}
