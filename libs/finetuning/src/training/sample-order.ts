import { randomAt } from '../seeded-random.ts';

/**
 * Which samples an epoch sees, and in what order: all are seen once, in random order, before any is seen again, however
 * many an epoch takes.
 *
 * @param count how many samples there are
 * @param perEpoch how many an epoch takes; 0 means all
 * @param epoch counts from 1
 * @returns indices, [perEpoch]; the same for the same arguments
 */
export function sampleOrder(count: number, perEpoch: number, seed: number, epoch: number): Uint32Array {
  const taken = perEpoch || count;
  const order = new Uint32Array(taken);
  let pass = Math.floor(((epoch - 1) * taken) / count);
  let at = (epoch - 1) * taken - pass * count;
  let permutation = randomAt(seed, pass).permutation(count);
  for (let i = 0; i < taken; i++) {
    if (at === count) {
      at = 0;
      permutation = randomAt(seed, ++pass).permutation(count);
    }
    order[i] = permutation[at++];
  }
  return order;
}
