import { formatPercent } from './format.ts';

/** Shares of active neurons of one kind of photos. */
export interface ShareSummary {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly photos: number;
}

/**
 * What the active shares of this run say, whatever the tutorial saw: whether irrelevant photos switch on more or fewer
 * neurons, and whether that alone would tell them apart.
 *
 * @param auroc of the share as a score, irrelevant against held-out relevant photos; 0.5 is chance, either side of it
 * is a direction
 */
export function activeShareSentence(
  relevant: ShareSummary,
  irrelevant: ShareSummary | null,
  auroc: number | null,
): string {
  if (!irrelevant || auroc === null || Number.isNaN(auroc)) {
    return `Half of the held-out relevant photos activate more than ${formatPercent(relevant.p50)} of the neurons; without irrelevant photos there is nothing to compare with.`;
  }
  const strength = Math.abs(auroc - 0.5);
  const medians = `${formatPercent(irrelevant.p50)} against ${formatPercent(relevant.p50)} at the median`;
  const area = `AUROC ${Math.max(auroc, 1 - auroc).toFixed(2)}`;
  if (strength < 0.1)
    return `Irrelevant and held-out relevant photos activate about the same share of neurons (${medians}): here the share alone hardly tells them apart (${area}).`;
  const direction = auroc > 0.5 ? 'more' : 'fewer';
  if (strength < 0.35)
    return `Irrelevant photos tend to activate ${direction} neurons than held-out relevant ones (${medians}), but the two overlap too much to decide by the share alone (${area}).`;
  return `Irrelevant photos activate ${direction} neurons than held-out relevant ones (${medians}): here the share alone tells most of them apart (${area}).`;
}
