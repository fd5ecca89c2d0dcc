/** What a batch of logits is compared with. */
export interface Targets {
  readonly classes: number;
  /** `sigmoid`: one logit, of the second of two classes. */
  readonly output: 'softmax' | 'sigmoid';
  /** Share of the target that is spread over all classes, in [0, 1). */
  readonly labelSmoothing: number;
  /** Shape [classes]: what an image counts for. */
  readonly classWeights: Float32Array;
}

/** How a batch did. */
export interface Judged {
  /** Mean cross-entropy, weighted and smoothed. */
  readonly loss: number;
  readonly correct: number;
  /** Of the loss, by logit, [n, logits]. */
  readonly gradient: Float32Array;
}

/**
 * Cross-entropy with its gradient, in float64.
 *
 * @param logits [n, classes], or [n, 1] for a sigmoid
 * @param labels class indices, [n]
 */
export function judgeLogits(logits: Float32Array, labels: ArrayLike<number>, targets: Targets): Judged {
  const { classes, output, labelSmoothing, classWeights } = targets;
  const n = labels.length;
  const width = logits.length / n;
  const gradient = new Float32Array(logits.length);
  const probabilities = new Float64Array(classes);
  let loss = 0;
  let correct = 0;
  for (let i = 0; i < n; i++) {
    const row = i * width;
    // One logit l is the two logits 0 and l.
    const logit = (c: number) => (output === 'sigmoid' ? (c === 0 ? 0 : logits[row]) : logits[row + c]);
    let largest = 0;
    for (let c = 1; c < classes; c++) if (logit(c) > logit(largest)) largest = c;
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += probabilities[c] = Math.exp(logit(c) - logit(largest));
    const logSum = Math.log(sum) + logit(largest);
    const weight = classWeights[labels[i]] / n;
    for (let c = 0; c < classes; c++) {
      const target = (c === labels[i] ? 1 - labelSmoothing : 0) + labelSmoothing / classes;
      loss += weight * target * (logSum - logit(c));
      const slope = weight * (probabilities[c] / sum - target);
      if (output === 'softmax') gradient[row + c] = slope;
      else if (c === 1) gradient[row] = slope;
    }
    // A tie is no knowledge of the label: it counts as wrong unless the label is the first.
    if (largest === labels[i]) correct++;
  }
  return { loss, correct, gradient };
}
