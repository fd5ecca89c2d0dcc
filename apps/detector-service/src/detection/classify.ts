/** What the classifier itself says of one image. */
export interface Classification {
  /** Name of the most likely class; empty when there is none to name. */
  readonly label: string;
  /** Its softmax, 0 to 1. */
  readonly probability: number;
}

/**
 * The most likely class and its softmax, the largest logit subtracted first so that no exponential overflows.
 *
 * @param logits shape [classes], finite
 * @param classes names in the order of the logits
 */
export function classify(logits: ArrayLike<number>, classes: readonly string[]): Classification {
  if (logits.length === 0) return { label: '', probability: 0 };
  let best = 0;
  for (let c = 1; c < logits.length; c++) if (logits[c] > logits[best]) best = c;
  let sum = 0;
  for (let c = 0; c < logits.length; c++) sum += Math.exp(logits[c] - logits[best]);
  return { label: classes[best] ?? '', probability: 1 / sum };
}
