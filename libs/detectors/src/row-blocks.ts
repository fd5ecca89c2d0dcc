import { rowRange, type Matrix } from '@outsider/linalg';

/** Numbers that one block of intermediate results may hold: 32 MB in float64. */
const blockNumbers = 2 ** 22;

/**
 * Cuts `x` into blocks of rows, so that what is computed of a block fits a bounded piece of memory, whatever n.
 *
 * @param width numbers computed for each row: a bank's rows, say
 * @returns views of the rows, and the index of the first
 */
export function* rowBlocks(x: Matrix, width: number): Generator<{ from: number; block: Matrix }> {
  const size = Math.min(512, Math.max(8, Math.floor(blockNumbers / Math.max(width, x.cols))));
  for (let from = 0; from < x.rows; from += size) {
    yield { from, block: rowRange(x, from, Math.min(x.rows, from + size)) };
  }
}
