const intervalMs = 500;

/** Reports of progress, at most two a second: each is an event in the store. */
export interface PacedProgress {
  report(fraction: number, note: string): void;
  /** Waits until what was sent is stored. @throws what the store refused, such as a lost lease */
  settled(): Promise<void>;
}

export function paced(
  send: (fraction: number, note: string) => Promise<void>,
  now: () => number = () => performance.now(),
): PacedProgress {
  let sentAt = -Infinity;
  let last: Promise<void> = Promise.resolve();
  return {
    report(fraction, note) {
      if (now() - sentAt < intervalMs && fraction < 1) return;
      sentAt = now();
      last = send(fraction, note);
      last.catch(() => undefined); // reported by `settled`
    },
    settled: () => last,
  };
}
