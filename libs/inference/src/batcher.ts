import { CancelledError, ResourceExhaustedError, UnavailableError } from '@outsider/domain';

export interface BatcherOptions<Item, Result> {
  /** Answers the items in their order, one result each. Called again only after it settled. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly maxBatch: number;
  /** How long the first of a batch waits for company while nothing runs. */
  readonly maxDelayMs: number;
  /** Items waiting, beyond those being computed, before further ones are refused. */
  readonly maxQueued: number;
}

export interface Batched<Result> {
  readonly result: Result;
  readonly queueMs: number;
  /** Of the whole batch. */
  readonly inferenceMs: number;
  readonly batchSize: number;
}

/** Gathers items that arrive one by one into batches. */
export interface Batcher<Item, Result> {
  /** Items waiting now. */
  readonly queued: number;
  /**
   * @throws {ResourceExhaustedError} when the queue is full
   * @throws {CancelledError} when `signal` fires before the item's batch started; later its result is dropped
   * @throws {UnavailableError} after `close`
   */
  submit(item: Item, signal?: AbortSignal): Promise<Batched<Result>>;
  /** Refuses further items and waits for those already accepted. */
  close(): Promise<void>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly since: number;
  readonly resolve: (batched: Batched<Result>) => void;
  readonly reject: (error: unknown) => void;
  readonly forget: () => void;
}

/**
 * While a batch is computed the next one gathers, and starts as soon as the first is done; an idle batcher waits
 * `maxDelayMs` for a batch to fill.
 */
export function createBatcher<Item, Result>({
  run,
  maxBatch,
  maxDelayMs,
  maxQueued,
}: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  const queue: Waiting<Item, Result>[] = [];
  let running = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let whenIdle: (() => void)[] = [];

  function schedule(): void {
    if (running) return;
    if (queue.length === 0) {
      for (const notify of whenIdle.splice(0)) notify();
      return;
    }
    const waited = performance.now() - queue[0].since;
    clearTimeout(timer);
    if (closed || queue.length >= maxBatch || waited >= maxDelayMs) void runBatch();
    else timer = setTimeout(schedule, maxDelayMs - waited);
  }

  async function runBatch(): Promise<void> {
    running = true;
    const batch = queue.splice(0, maxBatch);
    const started = performance.now();
    for (const { forget } of batch) forget();
    try {
      const results = await run(batch.map(({ item }) => item));
      const inferenceMs = performance.now() - started;
      batch.forEach(({ resolve, since }, i) =>
        resolve({ result: results[i], queueMs: started - since, inferenceMs, batchSize: batch.length }),
      );
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    running = false;
    schedule();
  }

  return {
    get queued() {
      return queue.length;
    },
    submit(item, signal) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(new UnavailableError('the batcher is closed'));
        if (signal?.aborted) return reject(new CancelledError('the image'));
        if (queue.length >= maxQueued) {
          return reject(
            new ResourceExhaustedError(
              `${queue.length} images are waiting already, the most that is allowed; try again later`,
            ),
          );
        }
        function cancel(): void {
          const at = queue.indexOf(waiting);
          if (at >= 0) queue.splice(at, 1);
          reject(new CancelledError('the image'));
          schedule();
        }
        const waiting: Waiting<Item, Result> = {
          item,
          since: performance.now(),
          resolve,
          reject,
          forget: () => signal?.removeEventListener('abort', cancel),
        };
        signal?.addEventListener('abort', cancel, { once: true });
        queue.push(waiting);
        schedule();
      });
    },
    close() {
      closed = true;
      return new Promise((resolve) => {
        whenIdle = [...whenIdle, resolve];
        schedule();
      });
    },
  };
}
