import { ShapeError } from '@outsider/domain';
import { zeros, type Float64Matrix, type Matrix } from './matrix.ts';

/** Mean of every column, shape [d]; zeros when there are no rows. */
export function columnMeans(x: Matrix): Float64Array {
  const { rows, cols, data } = x;
  const means = new Float64Array(cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) means[j] += data[i * cols + j];
  for (let j = 0; j < cols; j++) means[j] /= Math.max(1, rows);
  return means;
}

/** Every row minus `mean`. @throws {ShapeError} when `mean` is not [d] */
export function subtractMean(x: Matrix, mean: Float32Array | Float64Array): Float64Matrix {
  if (mean.length !== x.cols) throw new ShapeError('mean', [x.cols], [mean.length]);
  const out = zeros(x.rows, x.cols);
  for (let i = 0, at = 0; i < x.rows; i++) for (let j = 0; j < x.cols; j++, at++) out.data[at] = x.data[at] - mean[j];
  return out;
}

/** What {@link standardise} subtracts and divides by. */
export interface Standardiser {
  readonly mean: Float64Array;
  /** Population standard deviation of every column; 1 where the column is constant. */
  readonly scale: Float64Array;
}

/** Mean and population standard deviation of every column; a constant column is centred and not scaled. */
export function fitStandardiser(x: Matrix): Standardiser {
  const { rows, cols, data } = x;
  const mean = columnMeans(x);
  const scale = new Float64Array(cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) scale[j] += (data[i * cols + j] - mean[j]) ** 2;
  for (let j = 0; j < cols; j++) {
    const deviation = Math.sqrt(scale[j] / Math.max(1, rows));
    // A column of one value has a deviation of rounding errors of its mean: as good as none.
    scale[j] = deviation > 1e-12 * Math.abs(mean[j]) ? deviation : 1;
  }
  return { mean, scale };
}

/** (x − mean) / scale, column by column. @throws {ShapeError} */
export function standardise(x: Matrix, { mean, scale }: Standardiser): Float64Matrix {
  const out = subtractMean(x, mean);
  for (let i = 0, at = 0; i < x.rows; i++) for (let j = 0; j < x.cols; j++, at++) out.data[at] /= scale[j];
  return out;
}
