import {
  detectors,
  encodeModel,
  loadModel,
  logisticRegression,
  searchLogisticGrid,
  tutorialGrid,
  type Activations,
  type Detector,
  type FitInput,
} from '@outsider/detectors';
import { createRandom, matrix, rowRange, type Matrix } from '@outsider/linalg';
import type { Figures } from '../report.ts';
import type { FeatureSets } from './feature-sets.ts';
import { fastestSeconds } from './timing.ts';

/** Sizes at which each method is fitted. Fusion fits four members four times: once is enough to know. */
const fitSizes: Readonly<Record<string, readonly number[]>> = {
  mds: [365, 1600, 5000],
  knn: [365, 5000, 10_000],
  fusion: [365],
};
const defaultSizes = [365, 5000];
const backboneVersion = '0'.repeat(64);

/** Every method's fit, score, state and load, and the tutorial's grid search. */
export function measureOurs(sets: FeatureSets, onProgress: (line: string) => void): Figures {
  const figures: Record<string, number> = {};
  const { x, irrelevant } = sets.tutorial;
  onProgress('grid search');
  figures['gridSearch.seconds'] = fastestSeconds(() => searchLogisticGrid(x, irrelevant, 2, tutorialGrid));
  const { best } = searchLogisticGrid(x, irrelevant, 2, tutorialGrid);
  Object.assign(figures, { 'gridSearch.c': best.c, 'gridSearch.tol': best.tol, 'gridSearch.logLoss': best.logLoss });

  for (const detector of detectors) {
    for (const n of detector.supervised ? [365] : (fitSizes[detector.name] ?? defaultSizes)) {
      onProgress(`${detector.name}, ${n} rows`);
      Object.assign(figures, measure(detector, sets, n));
    }
  }
  figures['logreg.scoresPerSecond'] = scoresPerSecond(sets);
  return figures;
}

/** Figures of score, state and load are overwritten by the next larger bank: the dearest stand. */
function measure(detector: Detector, sets: FeatureSets, n: number): Figures {
  const { name, defaults: options } = detector;
  const input = fitInput(sets, n);
  let model: unknown;
  const fitSeconds = fastestSeconds(() => (model = detector.fit(input, options)));
  const layers = detector.layers(options);
  const bytes = encodeModel(
    { detector: name, formatVersion: detector.formatVersion, options, backboneVersion, layers },
    model,
  );
  const batch = activationsOf(sets.batch);
  const alone = activationsOf(rowRange(sets.batch, 0, 1));
  return {
    [`${name}.${n}.fitSeconds`]: fitSeconds,
    [`${name}.msPerImage.batch200`]: (fastestSeconds(() => detector.score(model, batch)) / 200) * 1000,
    [`${name}.msPerImage.single`]: fastestSeconds(() => detector.score(model, alone), { runs: 21 }) * 1000,
    [`${name}.stateBytes`]: bytes.length,
    [`${name}.loadMs`]: fastestSeconds(() => loadModel(bytes, backboneVersion)) * 1000,
  };
}

function scoresPerSecond(sets: FeatureSets): number {
  const model = logisticRegression.fit(fitInput(sets, 365), logisticRegression.defaults);
  const activations = activationsOf(sets.banks.get(10_000)?.x ?? sets.batch);
  const rows = activations.byLayer.pooled?.rows ?? 0;
  return rows / fastestSeconds(() => logisticRegression.score(model, activations));
}

/** Both feature layers are the pooled one here: time does not depend on what they hold. */
function activationsOf(x: Matrix): Activations {
  const logits = matrix(x.rows, 2, new Float32Array(2 * x.rows));
  const { weights, bias } = outputLayer(x.cols);
  for (let i = 0; i < x.rows; i++) {
    for (let c = 0; c < 2; c++) {
      let sum = bias[c];
      for (let j = 0; j < x.cols; j++) sum += x.data[i * x.cols + j] * weights.data[j * 2 + c];
      logits.data[2 * i + c] = sum;
    }
  }
  return { byLayer: { relevant_layer: x, pooled: x, logits } };
}

function outputLayer(d: number) {
  const random = createRandom(4);
  return {
    weights: matrix(
      d,
      2,
      Float32Array.from({ length: d * 2 }, () => 0.03 * random.normal()),
    ),
    bias: new Float32Array(2),
  };
}

function fitInput({ banks, tutorial }: FeatureSets, n: number): FitInput {
  const bank = banks.get(n);
  if (!bank) throw new Error(`no bank of ${n} rows`);
  return {
    inDistribution: activationsOf(bank.x),
    labels: bank.labels,
    classes: 2,
    supervised: {
      activations: activationsOf(tutorial.x),
      irrelevant: Uint8Array.from(tutorial.irrelevant),
      groups: Array.from(tutorial.irrelevant, (flag) => (flag ? 'irrelevant' : '')),
    },
    outputLayer: outputLayer(bank.x.cols),
    seed: 1,
  };
}
