import type { LiveEvent } from '../views/live-run.ts';

interface Follower {
  /** Some events, in order. */
  onEvents(events: readonly LiveEvent[]): void;
  /** The run is final: nothing more will come. */
  onEnd(): void;
  /** Whether events can come at the moment. */
  onConnection(connected: boolean): void;
}

/** Events that arrive within this time are handed over together. */
const batchMs = 120;
const firstRetryMs = 2_000;
const longestRetryMs = 30_000;

/**
 * Follows a stream of server-sent events after a sequence number, through broken connections: a browser resumes a
 * connection that breaks, but gives up one that is refused, as it is while the store cannot be reached.
 *
 * @returns stops following
 */
export function followEvents(address: string, afterSequence: number, follower: Follower): () => void {
  let sequence = afterSequence;
  let waiting: LiveEvent[] = [];
  let source: EventSource | undefined;
  let batch: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let retryMs = firstRetryMs;

  function flush(): void {
    clearTimeout(batch);
    batch = undefined;
    const events = waiting;
    waiting = [];
    if (events.length > 0) follower.onEvents(events);
  }

  function connect(): void {
    const opened = new EventSource(`${address}?after=${sequence}`);
    source = opened;
    opened.onopen = () => {
      retryMs = firstRetryMs;
      follower.onConnection(true);
    };
    opened.onmessage = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as LiveEvent;
      sequence = event.sequence;
      waiting.push(event);
      batch ??= setTimeout(flush, batchMs);
    };
    opened.onerror = () => {
      follower.onConnection(false);
      if (opened.readyState !== EventSource.CLOSED) return;
      retry = setTimeout(connect, retryMs);
      retryMs = Math.min(longestRetryMs, retryMs * 2);
    };
    opened.addEventListener('end', () => {
      opened.close();
      flush();
      follower.onEnd();
    });
  }

  connect();
  return () => {
    source?.close();
    clearTimeout(batch);
    clearTimeout(retry);
  };
}
