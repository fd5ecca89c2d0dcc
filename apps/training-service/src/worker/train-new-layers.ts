import { exportBackbone, trainHead, type HeadOptions, type TrainedHead } from '@outsider/finetuning';
import { preprocessingDigest } from '@outsider/images';
import { openSession } from '@outsider/inference';
import { selectRows } from '@outsider/linalg';
import { frozenFeatures } from './frozen-features.ts';
import type { TrainedBackbone } from './trained-backbone.ts';
import type { Workplace } from './workplace.ts';

/** The recipe `head`: new layers on the frozen backbone, whose features are computed once. */
export async function trainNewLayers(workplace: Workplace): Promise<TrainedBackbone> {
  const { recipe } = workplace.task;
  const { head, history, bestEpoch } = await trainHeadOnFeatures(workplace, recipe);
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const images = workplace.task.photos.filter(({ train }) => train).length * history.length;
  return {
    weights: workplace.weights,
    head,
    figures: {
      bestEpoch,
      epochsRun: history.length,
      stoppedEarly: history.length < recipe.epochs,
      resumedFrom: null,
      seconds,
      imagesPerSecond: images / seconds,
      validationLoss: history[bestEpoch - 1].validationLoss ?? NaN,
    },
  };
}

/** @param options settings of the head; those of others, which a recipe also has, are left aside */
export async function trainHeadOnFeatures(workplace: Workplace, options: HeadOptions): Promise<TrainedHead> {
  const { task, report } = workplace;
  report.stage('features');
  const { values, dimension } = await pooledFeatures(workplace);
  const all = { rows: task.photos.length, cols: dimension, data: values };
  const part = (isTrain: boolean) => {
    const rows = task.photos.flatMap((photo, i) => (photo.train === isTrain ? [i] : []));
    return { features: selectRows(all, rows), labels: Int32Array.from(rows, (i) => task.photos[i].label) };
  };

  report.stage('train');
  const { units, epochs, batchSize, optimizer, momentum, schedule, learningRate, warmUp, decay } = options;
  const { weightDecay, dropout, labelSmoothing, classWeights, patience, seed } = options;
  let lastStep = 0;
  const trained = await trainHead({
    train: part(true),
    validation: part(false),
    classes: task.classes.length,
    options: {
      ...{ units, epochs, batchSize, optimizer, momentum, schedule, learningRate, warmUp, decay },
      ...{ weightDecay, dropout, labelSmoothing, classWeights, patience, seed },
    },
    onStep: ({ step, loss, learningRate: rate, samplesPerSecond }) => {
      lastStep = step;
      report.metrics(step, { 'train.loss': loss, learningRate: rate, samplesPerSecond });
    },
    onEpoch: ({ epoch, accuracy, validationLoss = NaN, validationAccuracy = NaN }) => {
      report.metrics(lastStep, {
        'train.accuracy': accuracy,
        'validation.loss': validationLoss,
        'validation.accuracy': validationAccuracy,
      });
      const note = `epoch ${epoch} of ${epochs}, validation accuracy ${(validationAccuracy * 100).toFixed(1)} %`;
      report.progress('train', epoch / epochs, note);
    },
  });
  report.log(`kept the new layers of epoch ${trained.bestEpoch}, whose validation loss was lowest`);
  return trained;
}

async function pooledFeatures(workplace: Workplace) {
  const { task, report, architecture, weights, weightsDigest, photos } = workplace;
  const frozen = await openSession(exportBackbone(architecture, weights));
  const features = await frozenFeatures(
    frozen,
    photos,
    task.cacheDir,
    {
      contentDigests: task.photos.map((photo) => photo.contentDigest),
      preprocessingDigest: preprocessingDigest(architecture.preprocessing),
      weightsDigest,
    },
    (done, total) => report.progress('features', done / total, `${done} of ${total} photos`),
  );
  await frozen.close();
  if (features.cached) report.log('the features of these photos were known from an earlier run');
  return features;
}
