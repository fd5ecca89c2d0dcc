import { CancelledError } from '@outsider/domain';
import type { FitControl } from './detector.ts';

/**
 * Reports how far a fit has come, and stops it here if somebody asked for that. Call it between steps.
 *
 * @param fraction in [0, 1], never less than before
 * @throws {CancelledError} when the fit was cancelled
 */
export function checkpoint(control: FitControl | undefined, fraction: number, note?: string): void {
  if (control?.isCancelled?.()) throw new CancelledError('the fit');
  control?.onProgress?.(fraction, note);
}

/** The part of a fit's progress from `start` to `end` as a control of its own, for a fit within a fit. */
export function partOf(control: FitControl | undefined, start: number, end: number): FitControl {
  return {
    isCancelled: () => control?.isCancelled?.() ?? false,
    onProgress: (fraction, note) => control?.onProgress?.(start + (end - start) * fraction, note),
  };
}
