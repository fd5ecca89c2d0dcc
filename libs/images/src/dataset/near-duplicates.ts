/** Two photos that look alike: the same shot at another size, quality or crop. */
export interface NearDuplicate<Item> {
  readonly first: Item;
  readonly second: Item;
  /** Bits of 64 in which the fingerprints differ. */
  readonly distance: number;
}

/** Fingerprints that differ in at most three of 64 bits agree in at least one of four 16-bit words. */
const maxDistance = 3;
const wordStarts = [0, 4, 8, 12];

/**
 * Finds pairs with nearly equal fingerprints, in the order of the items.
 *
 * @param items without a fingerprint (null) are left out
 * @param isOfInterest asked before a pair is compared, so that masses of uninteresting pairs cost little
 * @param limit at most so many pairs are returned
 */
export function findNearDuplicates<Item extends { readonly fingerprint: string | null }>(
  items: readonly Item[],
  isOfInterest: (a: Item, b: Item) => boolean,
  limit: number,
): NearDuplicate<Item>[] {
  const buckets = wordStarts.map(() => new Map<string, Item[]>());
  const pairs: NearDuplicate<Item>[] = [];
  for (const second of items) {
    if (second.fingerprint === null) continue;
    const compared = new Set<Item>();
    for (const [word, start] of wordStarts.entries()) {
      const key = second.fingerprint.slice(start, start + 4);
      const bucket = buckets[word].get(key);
      if (bucket === undefined) {
        buckets[word].set(key, [second]);
        continue;
      }
      for (const first of bucket) {
        if (compared.has(first) || !isOfInterest(first, second)) continue;
        compared.add(first);
        const distance = hammingDistance(first.fingerprint as string, second.fingerprint);
        if (distance > maxDistance) continue;
        pairs.push({ first, second, distance });
        if (pairs.length >= limit) return pairs;
      }
      bucket.push(second);
    }
  }
  return pairs;
}

function hammingDistance(a: string, b: string): number {
  let distance = 0;
  for (let start = 0; start < a.length; start += 8) {
    let bits = Number.parseInt(a.slice(start, start + 8), 16) ^ Number.parseInt(b.slice(start, start + 8), 16);
    for (; bits !== 0; bits &= bits - 1) distance++;
  }
  return distance;
}
