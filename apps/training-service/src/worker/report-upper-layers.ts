import type { EpochMetrics, StepMetrics } from '@outsider/finetuning';
import type { Recipe } from '../recipe.ts';
import type { Report } from './report.ts';

/**
 * Turns what a training tells of itself into news, and adds up how fast it was.
 *
 * @param stepsBefore of the new layers alone: the curves go on where theirs end
 */
export function reportUpperLayers(
  report: Report,
  { epochs, batchSize }: Recipe,
  samplesPerEpoch: number,
  stepsBefore: number,
) {
  const stepsPerEpoch = Math.ceil(samplesPerEpoch / batchSize);
  const started = performance.now();
  let images = 0;
  let trainingSeconds = 0;
  let lastAccuracy = '';
  return {
    onStep({ epoch, step, totalSteps, loss, accuracy, learningRate, samplesPerSecond }: StepMetrics): void {
      const inEpoch = step - (epoch - 1) * stepsPerEpoch;
      const taken = inEpoch === stepsPerEpoch ? samplesPerEpoch - (stepsPerEpoch - 1) * batchSize : batchSize;
      images += taken;
      trainingSeconds += taken / samplesPerSecond;
      report.metrics(stepsBefore + step, {
        'train.loss': loss,
        'train.accuracy': accuracy,
        learningRate,
        samplesPerSecond,
      });
      const note = `epoch ${epoch} of ${epochs}, step ${inEpoch} of ${stepsPerEpoch}, loss ${loss.toFixed(3)}, ${samplesPerSecond.toFixed(1)} images/s`;
      report.progress('train', step / totalSteps, note + lastAccuracy);
    },
    /** How the new layers do alone, before those below them are trained. */
    onStart({ loss, accuracy }: { readonly loss: number; readonly accuracy: number }): void {
      report.metrics(stepsBefore, { 'validation.loss': loss, 'validation.accuracy': accuracy });
      report.log(`the new layers alone: validation loss ${loss.toFixed(4)}, accuracy ${(accuracy * 100).toFixed(1)} %`);
    },
    onEpoch({ epoch, validationLoss = NaN, validationAccuracy = NaN, seconds }: EpochMetrics): void {
      report.metrics(stepsBefore + epoch * stepsPerEpoch, {
        'validation.loss': validationLoss,
        'validation.accuracy': validationAccuracy,
      });
      lastAccuracy = `, validation accuracy ${(validationAccuracy * 100).toFixed(1)} %`;
      report.log(
        `epoch ${epoch}: validation loss ${validationLoss.toFixed(4)}${lastAccuracy}, ${seconds.toFixed(0)} s`,
      );
    },
    /** Seconds of everything, and images over the seconds of steps alone. */
    figures: () => ({
      seconds: (performance.now() - started) / 1000,
      imagesPerSecond: images > 0 ? images / trainingSeconds : null,
    }),
  };
}
