import { formatPercent } from './format.ts';

/**
 * A p-value in words. It is the share of calibration photos with at least this score, counting the photo itself, so
 * it is never below 1 / (n + 1): the smallest one is said as "fewer than".
 *
 * @param pValue in (0, 1]
 * @param calibrationPhotos n; unknown when undefined
 */
export function pValueWords(pValue: number, calibrationPhotos?: number): string {
  const smallest = calibrationPhotos === undefined ? undefined : 1 / (calibrationPhotos + 1);
  if (smallest !== undefined && pValue <= smallest * 1.0001) {
    return `None of the ${calibrationPhotos} relevant photos kept for calibration looks this unusual.`;
  }
  const decimals = pValue < 0.01 ? 2 : pValue < 0.1 ? 1 : 0;
  return `${formatPercent(pValue, decimals)} of relevant photos look this unusual, or more so.`;
}
