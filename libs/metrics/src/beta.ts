import { InvalidArgumentError } from '@outsider/domain';

/**
 * P(X ≤ x) for X ~ Beta(a, b): the regularised incomplete beta function, by its continued fraction.
 *
 * @param x clamped to [0, 1]
 * @throws {InvalidArgumentError} when a or b is not above 0
 * @see DLMF 8.17.22, https://dlmf.nist.gov/8.17, evaluated by the modified Lentz method
 */
export function betaCdf(x: number, a: number, b: number): number {
  if (!(a > 0) || !(b > 0))
    throw new InvalidArgumentError(`beta distribution: expected a and b above 0, got ${a} and ${b}`);
  if (!(x > 0)) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on this side of the mean only; the other side is its complement.
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCdfByFraction(1 - x, b, a);
  return betaCdfByFraction(x, a, b);
}

function betaCdfByFraction(x: number, a: number, b: number): number {
  const logFront = a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b);
  return (Math.exp(logFront) / a) * continuedFraction(x, a, b);
}

function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const factor = c * d;
    result *= factor;
    if (Math.abs(factor - 1) < Number.EPSILON) break;
  }
  return result;
}

/**
 * The x with P(X ≤ x) = p for X ~ Beta(a, b), by bisection down to neighbouring floats.
 *
 * @param p in [0, 1]
 * @throws {InvalidArgumentError} when p is out of range or a or b is not above 0
 */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1)) throw new InvalidArgumentError(`probability: expected a number in [0, 1], got ${p}`);
  if (p === 0) return 0;
  if (p === 1) return 1;
  let low = 0;
  let high = 1;
  // Relative precision near 0 comes for free, because floats are dense there; 1100 halvings reach the smallest one.
  for (let i = 0; i < 1100; i++) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (betaCdf(middle, a, b) < p) low = middle;
    else high = middle;
    if (high - low <= 2 * Number.EPSILON * low) break;
  }
  return high;
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/** log Γ(x) for x > 0: Stirling's series from 15 up, reached by the recurrence below. */
export function logGamma(x: number): number {
  let shift = 0;
  let product = 1;
  let z = x;
  while (z < 15) {
    product *= z;
    z += 1;
    if (product > 1e280) {
      shift += Math.log(product);
      product = 1;
    }
  }
  let series = 0;
  for (let k = stirling.length - 1; k >= 0; k--) series = series / (z * z) + stirling[k];
  series /= z;
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - shift - Math.log(product);
}
