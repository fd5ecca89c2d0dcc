import type { Matrix } from '@outsider/linalg';
import { orderByContent } from './order-by-content.ts';

/**
 * `count` of the rows, drawn without replacement: their indices in ascending order; all of them where there are no more.
 * Drawn at random rather than from the start, because banks often come sorted by class, and by what the rows hold, so
 * that the same photos are drawn however they were listed.
 *
 * @param x shape [n, d]
 * @param labels shape [n]
 */
export function sampleRows(x: Matrix, labels: ArrayLike<number>, count: number, seed: number): number[] {
  if (count >= x.rows) return Array.from({ length: x.rows }, (_, i) => i);
  return Array.from(orderByContent([x], labels, seed).subarray(0, count).sort());
}
