import type { StageSpan } from './live-run.ts';

/**
 * How long a run would take with another number of epochs: training scales with them, everything else stays.
 *
 * @returns seconds; null when the earlier run has no finished training to go by
 */
export function estimateSeconds(spans: readonly StageSpan[], epochsBefore: number, epochs: number): number | null {
  const training = spans.find((span) => span.stage === 'train' && span.endedAt);
  if (!training || epochsBefore <= 0 || !(epochs > 0)) return null;
  let seconds = 0;
  for (const span of spans) {
    if (!span.endedAt) continue;
    const spent = (Date.parse(span.endedAt) - Date.parse(span.startedAt)) / 1000;
    seconds += span === training ? (spent * epochs) / epochsBefore : spent;
  }
  return seconds;
}
