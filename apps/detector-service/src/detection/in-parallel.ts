export interface ParallelLimits<Input> {
  /** Inputs under way at once, at most. */
  readonly window: number;
  /** What all inputs under way may weigh together; one alone may weigh more. */
  readonly maxWeight: number;
  readonly weightOf: (input: Input) => number;
}

/**
 * Does `work` on each input as it comes and yields results as they are ready. The next input is read only when there is
 * room for it, so a fast sender cannot fill the memory. `work` must not throw.
 */
export async function* inParallel<Input, Result>(
  inputs: AsyncIterable<Input>,
  work: (input: Input) => Promise<Result>,
  { window, maxWeight, weightOf }: ParallelLimits<Input>,
): AsyncGenerator<Result> {
  const iterator = inputs[Symbol.asyncIterator]();
  const ready: Result[] = [];
  let underWay = 0;
  let weight = 0;
  let wake: () => void = () => undefined;
  let reading: Promise<void> | undefined;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;

  function start(input: Input): void {
    const own = weightOf(input);
    underWay++;
    weight += own;
    void work(input).then((result) => {
      ready.push(result);
      underWay--;
      weight -= own;
      wake();
    });
  }

  function read(): Promise<void> {
    return iterator.next().then(
      ({ done, value }) => {
        reading = undefined;
        if (done) ended = true;
        else start(value);
        wake();
      },
      (error: unknown) => {
        reading = undefined;
        failure = { error };
        wake();
      },
    );
  }

  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      if (!ended && !failure && !reading && underWay < window && weight < maxWeight) reading = read();
      while (ready.length > 0) yield ready.shift() as Result;
      if (failure) throw failure.error;
      if (ended && underWay === 0 && ready.length === 0) return;
      if (ready.length === 0) await woken;
    }
  } finally {
    void iterator.return?.(undefined);
  }
}
