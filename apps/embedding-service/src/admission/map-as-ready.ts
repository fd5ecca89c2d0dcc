/**
 * Applies `work` to items, several at once, and yields results in the order they are ready.
 *
 * At most `window` items are taken from the source and not yet consumed as results, so a slow consumer slows the source
 * down. What the source throws is thrown after the results of the items before it.
 *
 * @param work must not reject
 */
export async function* mapAsReady<Item, Result>(
  items: AsyncIterable<Item>,
  window: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const ready: Result[] = [];
  const source = items[Symbol.asyncIterator]();
  let working = 0;
  let reading = false;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wake: () => void = () => undefined;

  function readOne(): void {
    reading = true;
    source.next().then(
      (next) => {
        reading = false;
        if (next.done) ended = true;
        else begin(next.value);
        wake();
      },
      (error: unknown) => {
        reading = false;
        ended = true;
        failure = { error };
        wake();
      },
    );
  }

  function begin(item: Item): void {
    working++;
    void work(item).then((result) => {
      working--;
      ready.push(result);
      wake();
    });
  }

  try {
    for (;;) {
      // The wake-up is made before looking: nothing that becomes ready meanwhile is missed.
      const woken = new Promise<void>((resolve) => (wake = resolve));
      if (!ended && !reading && working + ready.length < window) readOne();
      const [result] = ready;
      if (result !== undefined) {
        // Counted as unconsumed until the consumer asks for the next.
        yield result;
        ready.shift();
        continue;
      }
      if (ended && working === 0) break;
      await woken;
    }
    if (failure) throw failure.error;
  } finally {
    if (!ended) void source.return?.().catch(() => undefined);
  }
}
