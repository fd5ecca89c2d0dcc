interface Entry<Value> {
  readonly value: Promise<Value>;
  bytes: number;
}

/**
 * Values that cost memory, loaded once and kept while they fit: the least recently used leave first. Calls that ask for
 * the same key while it loads share the one load; a load that fails is forgotten, so that the next call tries again.
 *
 * The newest value stays even when it alone exceeds `maxBytes`: it has been asked for, so it has to be held anyway.
 */
export function byteLimitedCache<Value>(maxBytes: number, bytesOf: (value: Value) => number) {
  // A Map iterates in the order of insertion: the first entry is the one not used for longest.
  const entries = new Map<string, Entry<Value>>();
  let held = 0;

  function forget(key: string): void {
    const entry = entries.get(key);
    if (!entry) return;
    entries.delete(key);
    held -= entry.bytes;
  }

  function makeRoom(newest: string): void {
    for (const [key, entry] of entries) {
      if (held <= maxBytes) return;
      // A value still loading has no size yet, and dropping it would free nothing.
      if (key !== newest && entry.bytes > 0) forget(key);
    }
  }

  return {
    get(key: string, load: () => Promise<Value>): Promise<Value> {
      const present = entries.get(key);
      if (present) {
        entries.delete(key);
        entries.set(key, present);
        return present.value;
      }
      const entry: Entry<Value> = { value: load(), bytes: 0 };
      entries.set(key, entry);
      entry.value.then(
        (value) => {
          if (entries.get(key) !== entry) return;
          entry.bytes = bytesOf(value);
          held += entry.bytes;
          makeRoom(key);
        },
        () => {
          if (entries.get(key) === entry) forget(key);
        },
      );
      return entry.value;
    },

    /** Bytes of everything held, for metrics. */
    heldBytes: (): number => held,
    has: (key: string): boolean => entries.has(key),
  };
}
