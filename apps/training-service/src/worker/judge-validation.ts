import type { InferenceSession } from '@outsider/inference';
import type { Mistake, Validation } from './protocol.ts';
import type { Workplace } from './workplace.ts';

const batchSize = 16;
/** The surest mistakes, as many as a page shows. */
const shownMistakes = 48;

/** How well the exported network tells the classes apart on all photos that were held out, and where it errs. */
export async function judgeValidation(
  { task, photos, report }: Workplace,
  exported: InferenceSession,
  loss: number,
): Promise<Validation> {
  const { classes } = task;
  const held = task.photos.filter(({ train }) => !train);
  const confusion = classes.map(() => new Array<number>(classes.length).fill(0));
  const mistakes: Mistake[] = [];
  for (let first = 0; first < held.length; first += batchSize) {
    const batch = held.slice(first, first + batchSize);
    const images = await photos.load(batch.map(({ contentDigest }) => contentDigest));
    const { logits } = await exported.run(images, batch.length, ['logits']);
    for (const [i, { contentDigest, label }] of batch.entries()) {
      const probabilities = softmax(logits!.subarray(i * classes.length, (i + 1) * classes.length));
      const predicted = probabilities.indexOf(Math.max(...probabilities));
      confusion[label][predicted]++;
      if (predicted !== label) {
        mistakes.push({
          contentDigest,
          label: classes[label],
          predicted: classes[predicted],
          probability: probabilities[predicted],
        });
      }
    }
    report.progress(
      'verify',
      (first + batch.length) / held.length,
      `${first + batch.length} of ${held.length} validation photos`,
    );
  }
  const correct = held.length - mistakes.length;
  return {
    photos: held.length,
    accuracy: correct / held.length,
    loss,
    confusion,
    mistakeCount: mistakes.length,
    mistakes: mistakes.toSorted((a, b) => b.probability - a.probability).slice(0, shownMistakes),
  };
}

function softmax(logits: Float32Array): number[] {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
