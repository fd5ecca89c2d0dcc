import type { Verdict } from '@outsider/domain';

/** Everything a verdict rests on, ready to show. */
export interface VerdictView {
  readonly verdict: Verdict;
  readonly score: number;
  readonly threshold: number;
  readonly pValue: number;
  readonly calibrationPhotos: number | null;
  readonly method: string;
  readonly detectorId: string;
  readonly backboneVersion: string;
  readonly predictedClass: string;
  readonly classProbability: number;
  readonly nearest: readonly { readonly contentDigest: string; readonly label: string; readonly distance: number }[];
  readonly timings: {
    readonly decodeMs: number;
    readonly queueMs: number;
    readonly inferenceMs: number;
    readonly scoreMs: number;
    readonly totalMs: number;
  };
  /** How relevant and irrelevant photos score; null when that is not known. */
  readonly strip: ScoreStrip | null;
}

/** Two distributions on one axis from `low` to `high`. */
export interface ScoreStrip {
  readonly low: number;
  readonly high: number;
  readonly relevant: readonly number[];
  readonly irrelevant: readonly number[];
}

/** Where a score lies on a strip, 0…1; what lies outside stays at the edge. */
export function positionOn(strip: { readonly low: number; readonly high: number }, score: number): number {
  return Math.min(1, Math.max(0, (score - strip.low) / (strip.high - strip.low)));
}

/** Largest photo that is taken, as the services take it. */
export const maxPhotoBytes = 32 * 1024 * 1024;

/** One sentence about a file that need not be sent at all; null when it may be a photo. */
export function fileProblem(file: {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}): string | null {
  if (file.size === 0) return `“${file.name}” is empty.`;
  if (file.size > maxPhotoBytes) return `“${file.name}” is larger than 32 MB, the most that is taken.`;
  if (file.type !== '' && !file.type.startsWith('image/'))
    return `“${file.name}” is not an image: JPEG, PNG, WebP, GIF and TIFF are read.`;
  return null;
}
