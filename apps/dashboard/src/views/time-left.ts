import { secondsLeft } from '@outsider/domain';
import { formatSeconds } from './format.ts';
import type { LiveRun } from './live-run.ts';

/**
 * How long the stage under way still takes, going by its pace until its last report and by the time since.
 *
 * @returns seconds, never below 0; null when nothing runs or it is too early to say
 */
export function stageSecondsLeft(run: LiveRun, now: Date): number | null {
  const { state, fraction, reportedAt, pacedFrom } = run;
  if (state !== 'running' || fraction === null || reportedAt === null || pacedFrom === null) return null;
  const left = secondsLeft(fraction, (Date.parse(reportedAt) - Date.parse(pacedFrom)) / 1000);
  // A browser's clock that is behind the store's must not add time.
  const since = Math.max(0, (now.getTime() - Date.parse(reportedAt)) / 1000);
  return left === null ? null : Math.max(0, left - since);
}

/** No finer than an estimate is: `a moment`, `25 s`, `3 min 20 s`, `14 min`, `2 h 5 min`. */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 5) return 'a moment';
  const grain = seconds < 60 ? 5 : seconds < 600 ? 20 : seconds < 3600 ? 60 : 300;
  return formatSeconds(Math.ceil(seconds / grain) * grain);
}
