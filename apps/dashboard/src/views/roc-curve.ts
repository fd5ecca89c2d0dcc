/** A point of a ROC curve; both rates in 0…1. */
export interface RocPoint {
  /** Share of relevant photos called novel. */
  readonly falseAlarm: number;
  /** Share of irrelevant photos called novel. */
  readonly detection: number;
}

/**
 * The ROC curve of scores where higher means more novel, thinned for drawing.
 *
 * Thinning drops points on straight lines and all but the first of those that fall on one pixel, so the drawn line
 * stays within a pixel of the curve.
 *
 * @param relevant scores of in-distribution photos
 * @param irrelevant scores of out-of-distribution photos
 * @returns from (0, 0) to (1, 1); empty when either side has no scores
 */
export function toRocCurve(relevant: ArrayLike<number>, irrelevant: ArrayLike<number>, pixels = 256): RocPoint[] {
  if (relevant.length === 0 || irrelevant.length === 0) return [];
  const all = [
    ...Array.from(relevant, (score) => ({ score, novel: false })),
    ...Array.from(irrelevant, (score) => ({ score, novel: true })),
  ].sort((a, b) => b.score - a.score);

  const points: RocPoint[] = [{ falseAlarm: 0, detection: 0 }];
  let alarms = 0;
  let detected = 0;
  for (let i = 0; i < all.length; i++) {
    if (all[i]!.novel) detected += 1;
    else alarms += 1;
    const tied = i + 1 < all.length && all[i + 1]!.score === all[i]!.score;
    if (!tied) points.push({ falseAlarm: alarms / relevant.length, detection: detected / irrelevant.length });
  }
  return thin(points, pixels);
}

/** Area under the curve by trapezoids, ties counting half: AUROC when the curve is not thinned. */
export function areaUnder(points: readonly RocPoint[]): number {
  let area = 0;
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    area += (b.falseAlarm - a.falseAlarm) * ((a.detection + b.detection) / 2);
  }
  return area;
}

function thin(points: readonly RocPoint[], pixels: number): RocPoint[] {
  const pixelOf = (point: RocPoint): string =>
    `${Math.round(point.falseAlarm * pixels)} ${Math.round(point.detection * pixels)}`;
  const kept = [points[0]!];
  for (let i = 1; i < points.length - 1; i++) {
    const point = points[i]!;
    if (isCorner(points[i - 1]!, point, points[i + 1]!) && pixelOf(point) !== pixelOf(kept.at(-1)!)) kept.push(point);
  }
  return [...kept, points.at(-1)!];
}

/** False when the middle point lies on the straight line between its neighbours. */
function isCorner(a: RocPoint, b: RocPoint, c: RocPoint): boolean {
  const cross =
    (b.falseAlarm - a.falseAlarm) * (c.detection - a.detection) -
    (b.detection - a.detection) * (c.falseAlarm - a.falseAlarm);
  return Math.abs(cross) > 1e-12;
}
