import { UnavailableError } from '@outsider/domain';
import { toDomainError } from '../client/to-domain-error.ts';

const silenceMs = 30_000;

/** Passes errors on; of those that say that the store is away, which come many times a second, one in half a minute. */
export function reportOutagesOnce(report: (error: unknown) => void): (error: unknown) => void {
  let toldAt = -Infinity;
  return (error) => {
    const known = toDomainError(error);
    if (known instanceof UnavailableError) {
      if (performance.now() - toldAt < silenceMs) return;
      toldAt = performance.now();
      // Without its cause, which drags the whole connection with it.
      report(new UnavailableError(known.message, known.details));
      return;
    }
    report(known);
  };
}
