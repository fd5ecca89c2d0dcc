/**
 * Remembers what was worked out from immutable data, for the last `size` keys. Work under way is shared; what fails
 * is forgotten.
 */
export function remember<T>(size: number, work: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const earlier = known.get(key);
    if (earlier) {
      known.delete(key);
      known.set(key, earlier);
      return earlier;
    }
    const result = work(key);
    known.set(key, result);
    result.catch(() => known.delete(key));
    for (const oldest of known.keys()) {
      if (known.size <= size) break;
      known.delete(oldest);
    }
    return result;
  };
}
