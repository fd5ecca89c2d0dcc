/** A stream of numbers that one seed fixes, on every machine. */
export interface SeededRandom {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** 0 … n − 1 in random order. */
  permutation(n: number): Uint32Array;
}

/**
 * The generator sfc32, seeded through splitmix32.
 *
 * @see Chris Doty-Humphrey, PractRand, https://pracrand.sourceforge.net/RNG_engines.txt
 */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  function splitmix(): number {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  }
  let [a, b, c, counter] = [splitmix(), splitmix(), splitmix(), 1];
  function uniform(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }
  for (let i = 0; i < 12; i++) uniform();
  return {
    uniform,
    // Box–Muller; 1 − u keeps the logarithm finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    permutation(n) {
      const order = Uint32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = Math.floor(uniform() * (i + 1));
        [order[i], order[j]] = [order[j], order[i]];
      }
      return order;
    },
  };
}

/** A stream of its own for each place in a training: the same whether one came there in one go or after a stop. */
export function randomAt(seed: number, ...place: readonly number[]): SeededRandom {
  let mixed = seed >>> 0;
  for (const index of place) {
    mixed = Math.imul(mixed ^ (index + 0x9e3779b9), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed ^= mixed >>> 16;
  }
  return seededRandom(mixed);
}
