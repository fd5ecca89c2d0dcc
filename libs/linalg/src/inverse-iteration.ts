import { zeros, type Float64Matrix } from './matrix.ts';
import { createRandom } from './random.ts';
import { createRowKernels } from './row-kernels.ts';

/** An eigenvalue of a tridiagonal matrix, and the rows `from` … `to` (not included) of the part that it belongs to. */
export interface PartValue {
  readonly value: number;
  readonly from: number;
  readonly to: number;
}

/** Eigenvalues nearer than this share of the norm do not separate their vectors: these are made orthogonal. */
const clusterShare = 1e-3;
const maxSolves = 8;
/** Residual allowed, in units of rounding times the norm. */
const allowed = 64;

/**
 * Eigenvectors of a symmetric tridiagonal matrix for some of its eigenvalues, by inverse iteration: where few are wanted,
 * far less work than turning all of them out of rotations.
 *
 * @param d diagonal, shape [n]
 * @param e e[i] couples i and i + 1, shape [n]; zero between parts
 * @param wanted largest value first
 * @returns unit vectors, shape [wanted, n]; undefined where one does not converge to within rounding
 * @see Jessup and Ipsen 1992, Improving the accuracy of inverse iteration, doi:10.1137/0913033; LAPACK's dstein
 */
export function eigenvectorsAt(
  d: Float64Array,
  e: Float64Array,
  wanted: readonly PartValue[],
): Float64Matrix | undefined {
  const n = d.length;
  const stride = Math.ceil(n / 8) * 8;
  const kernels = createRowKernels(8 * stride * Math.max(1, wanted.length));
  const rows = new Float64Array(kernels.buffer, 0, stride * wanted.length);
  const rowAt = (k: number): number => 8 * stride * k;
  const eights = stride / 8;
  const random = createRandom(n);
  /** By the part's first row: its vectors so far, from the first of the cluster on, and the shift used last. */
  const clusters = new Map<number, { readonly members: number[]; readonly shift: number }>();

  for (const [k, { value, from, to }] of wanted.entries()) {
    const x = rows.subarray(k * stride, k * stride + n);
    if (to - from === 1) {
      x[from] = 1;
      continue;
    }
    const norm = normOfPart(d, e, from, to);
    const rounding = Number.EPSILON * norm;
    const before = clusters.get(from);
    const near = before !== undefined && before.shift - value < clusterShare * norm;
    // Equal shifts would give equal vectors.
    const shift = before ? Math.min(value, before.shift - 10 * rounding) : value;
    const members = near ? before.members : [];
    const solve = factoriseShifted(d, e, from, to, shift, rounding);

    for (let i = from; i < to; i++) x[i] = random.normal();
    normalise(x);
    let converged = false;
    for (let pass = 0; pass < maxSolves && !converged; pass++) {
      solve(x);
      normalise(x);
      // Twice: what rounding leaves of a vector that nearly lies among the others is taken out, too.
      for (let again = 0; again < 2; again++) {
        for (const member of members) {
          const along = kernels.dot(rowAt(k), rowAt(member), eights);
          kernels.addScaled(rowAt(k), rowAt(member), -along, eights);
        }
        normalise(x);
      }
      // The first pass may stop short of what the second reaches.
      converged = pass > 0 && residual(d, e, from, to, shift, x) <= allowed * rounding;
    }
    if (!converged) return undefined;
    members.push(k);
    clusters.set(from, { members, shift });
  }

  const out = zeros(wanted.length, n);
  for (let k = 0; k < wanted.length; k++) out.data.set(rows.subarray(k * stride, k * stride + n), k * n);
  return out;
}

/**
 * Rows `from` … `to` of T − shift · I as a product of triangles, with rows exchanged where that is more stable.
 *
 * @returns replaces a right-hand side by the solution
 */
function factoriseShifted(
  d: Float64Array,
  e: Float64Array,
  from: number,
  to: number,
  shift: number,
  smallest: number,
): (x: Float64Array) => void {
  const m = to - from;
  // Row i of the upper triangle: diagonal, and two above it; what was subtracted of it from the next; exchanged or not.
  const diagonal = new Float64Array(m);
  const first = new Float64Array(m);
  const second = new Float64Array(m);
  const factors = new Float64Array(m);
  const exchanged = new Uint8Array(m);
  let [a, b] = [d[from] - shift, e[from]];
  for (let i = 0; i < m - 1; i++) {
    const below = e[from + i];
    const next = d[from + i + 1] - shift;
    const beyond = i + 2 < m ? e[from + i + 1] : 0;
    if (Math.abs(a) >= Math.abs(below)) {
      if (Math.abs(a) < smallest) a = smallest;
      factors[i] = below / a;
      [diagonal[i], first[i], second[i]] = [a, b, 0];
      [a, b] = [next - factors[i] * b, beyond];
    } else {
      exchanged[i] = 1;
      factors[i] = a / below;
      [diagonal[i], first[i], second[i]] = [below, next, beyond];
      [a, b] = [b - factors[i] * next, -factors[i] * beyond];
    }
  }
  diagonal[m - 1] = Math.abs(a) < smallest ? smallest : a;

  return (x) => {
    for (let i = 0; i < m - 1; i++) {
      const at = from + i;
      if (exchanged[i]) [x[at], x[at + 1]] = [x[at + 1], x[at]];
      x[at + 1] -= factors[i] * x[at];
    }
    for (let i = m - 1; i >= 0; i--) {
      const at = from + i;
      let rest = x[at];
      if (i + 1 < m) rest -= first[i] * x[at + 1];
      if (i + 2 < m) rest -= second[i] * x[at + 2];
      x[at] = rest / diagonal[i];
    }
  };
}

/** The largest component of T · x − value · x. */
function residual(d: Float64Array, e: Float64Array, from: number, to: number, value: number, x: Float64Array): number {
  let largest = 0;
  for (let i = from; i < to; i++) {
    const before = i > from ? e[i - 1] * x[i - 1] : 0;
    const after = i + 1 < to ? e[i] * x[i + 1] : 0;
    largest = Math.max(largest, Math.abs(before + (d[i] - value) * x[i] + after));
  }
  return largest;
}

function normOfPart(d: Float64Array, e: Float64Array, from: number, to: number): number {
  let largest = 0;
  for (let i = from; i < to; i++) {
    const before = i > from ? Math.abs(e[i - 1]) : 0;
    largest = Math.max(largest, before + Math.abs(d[i]) + (i + 1 < to ? Math.abs(e[i]) : 0));
  }
  return largest;
}

/** To length one, by way of the largest component: solutions are huge. */
function normalise(x: Float64Array): void {
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value));
  let squared = 0;
  for (let i = 0; i < x.length; i++) {
    x[i] /= largest;
    squared += x[i] * x[i];
  }
  const length = Math.sqrt(squared);
  for (let i = 0; i < x.length; i++) x[i] /= length;
}
