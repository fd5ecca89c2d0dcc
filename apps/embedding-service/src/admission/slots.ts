import { CancelledError } from '@outsider/domain';

/** A number of places, taken and given back; who finds none waits in line. */
export interface Slots {
  readonly taken: number;
  /** Gives the place back; calling it twice counts once. Undefined when all places are taken. */
  tryTake(): (() => void) | undefined;
  /** @throws {CancelledError} when `signal` fires before a place is free */
  take(signal?: AbortSignal): Promise<() => void>;
}

export function createSlots(capacity: number): Slots {
  const waiting: (() => void)[] = [];
  let taken = 0;

  function occupy(): () => void {
    taken++;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      taken--;
      waiting.shift()?.();
    };
  }

  return {
    get taken() {
      return taken;
    },
    // Whoever waits comes first.
    tryTake: () => (taken < capacity && waiting.length === 0 ? occupy() : undefined),
    take(signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(new CancelledError('the image'));
        if (taken < capacity && waiting.length === 0) return resolve(occupy());
        function enter(): void {
          signal?.removeEventListener('abort', leave);
          resolve(occupy());
        }
        function leave(): void {
          waiting.splice(waiting.indexOf(enter), 1);
          reject(new CancelledError('the image'));
        }
        waiting.push(enter);
        signal?.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
