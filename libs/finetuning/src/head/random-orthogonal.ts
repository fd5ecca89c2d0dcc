import type { SeededRandom } from '../seeded-random.ts';

/**
 * A random matrix with orthonormal columns (or rows, if it has fewer rows): a linear layer that starts with it keeps
 * all angles and distances of its inputs.
 *
 * Rotates the unit matrix's rows in random pairs by random angles, 2·log₂ n times, which mixes every row with every
 * other; exact, and n² log n steps instead of the n³ of a QR decomposition.
 *
 * @returns shape [rows, cols], row-major
 */
export function randomOrthogonal(rows: number, cols: number, random: SeededRandom): Float32Array {
  const n = Math.max(rows, cols);
  const q = new Float32Array(n * cols);
  for (let i = 0; i < cols; i++) q[i * cols + i] = 1;
  for (let round = 0; round < 2 * Math.ceil(Math.log2(n)); round++) {
    const order = random.permutation(n);
    for (let pair = 0; pair + 1 < n; pair += 2) {
      rotate(
        q.subarray(order[pair] * cols, (order[pair] + 1) * cols),
        q.subarray(order[pair + 1] * cols, (order[pair + 1] + 1) * cols),
        2 * Math.PI * random.uniform(),
      );
    }
  }
  return q.slice(0, rows * cols);
}

function rotate(a: Float32Array, b: Float32Array, angle: number): void {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let j = 0; j < a.length; j++) {
    const [x, y] = [a[j], b[j]];
    a[j] = cos * x - sin * y;
    b[j] = sin * x + cos * y;
  }
}
