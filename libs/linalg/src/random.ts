/** A seeded source of random numbers. The same seed gives the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1), 53 random bits. */
  next(): number;
  /** Uniform integer in [0, below). */
  integer(below: number): number;
  /** Standard normal. */
  normal(): number;
  /** A random permutation of 0 … n − 1. */
  permutation(n: number): Int32Array;
}

/**
 * xoshiro128** seeded through splitmix32, in 32-bit integer arithmetic, so that it is exact everywhere.
 *
 * @param seed an integer of at most 53 bits; both halves are used
 * @see Blackman and Vigna 2021, Scrambled linear pseudorandom number generators, https://arxiv.org/abs/1805.01407
 */
export function createRandom(seed: number): Random {
  let mixer = (seed ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1)) | 0;
  function splitmix(): number {
    mixer = (mixer + 0x9e3779b9) | 0;
    let z = mixer;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  }
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()];

  function bits(): number {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  }
  function next(): number {
    return ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53;
  }
  function integer(below: number): number {
    return Math.floor(next() * below);
  }

  let spare: number | undefined;
  /** Marsaglia's polar method, which makes two at a time. */
  function normal(): number {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * next() - 1;
      const v = 2 * next() - 1;
      const squared = u * u + v * v;
      if (squared >= 1 || squared === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(squared)) / squared);
      spare = v * factor;
      return u * factor;
    }
  }
  function permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = integer(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }
  return { next, integer, normal, permutation };
}
