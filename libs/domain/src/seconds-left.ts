/** Earlier than this nothing can be said: the first steps are the slowest. */
const smallestFraction = 0.02;
const shortestSeconds = 2;

/**
 * How long the rest of some work takes if it goes on at the pace so far.
 *
 * @param fraction done, 0 to 1
 * @param elapsedSeconds since the work began, when `fraction` was reported
 * @returns seconds, at the time of the report; null while it is too early to say
 */
export function secondsLeft(fraction: number, elapsedSeconds: number): number | null {
  if (!(fraction >= smallestFraction && elapsedSeconds >= shortestSeconds)) return null;
  return fraction >= 1 ? 0 : (elapsedSeconds * (1 - fraction)) / fraction;
}
