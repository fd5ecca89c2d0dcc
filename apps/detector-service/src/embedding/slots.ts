/** A number of places, to bound how much is under way at once. */
export interface Slots {
  /** Resolves when a place is free, in the order asked; false when the places were closed meanwhile. */
  readonly take: () => Promise<boolean>;
  readonly release: () => void;
  /** Whoever waits, or asks later, hears false. */
  readonly close: () => void;
}

/** @param count places, ≥ 1 */
export function slots(count: number): Slots {
  let free = count;
  let closed = false;
  const queue: ((taken: boolean) => void)[] = [];
  return {
    async take() {
      if (closed) return false;
      if (free > 0) {
        free--;
        return true;
      }
      return new Promise((resolve) => queue.push(resolve));
    },
    release() {
      const next = queue.shift();
      if (next) next(true);
      else free = Math.min(count, free + 1);
    },
    close() {
      closed = true;
      for (const refuse of queue.splice(0)) refuse(false);
    },
  };
}
