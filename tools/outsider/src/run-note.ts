import { secondsLeft } from '@outsider/domain';

/** What is known of the stage under way. */
export interface StageNews {
  readonly startedAt: Date;
  readonly reportedAt: Date;
  /** Of the stage, 0 to 1. */
  readonly fraction: number;
  /** The service's own words, such as `epoch 3 of 20`. */
  readonly note: string;
  readonly loss?: number | undefined;
  readonly imagesPerSecond?: number | undefined;
}

/** `epoch 3 of 20 · loss 0.123 · 45 images/s · 2 min left`: the note beside a bar, and what it does not say itself. */
export function runNote({ startedAt, reportedAt, fraction, note, loss, imagesPerSecond }: StageNews): string {
  const left = secondsLeft(fraction, (reportedAt.getTime() - startedAt.getTime()) / 1000);
  return [
    note,
    loss === undefined || note.includes('loss ') ? '' : `loss ${loss.toPrecision(3)}`,
    imagesPerSecond === undefined || note.includes('images/s')
      ? ''
      : `${Number(imagesPerSecond.toPrecision(2))} images/s`,
    left === null || left === 0 ? '' : `${formatLeft(left)} left`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** No finer than an estimate is. */
function formatLeft(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds / 5) * 5} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
