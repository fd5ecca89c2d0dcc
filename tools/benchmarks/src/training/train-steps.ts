/**
 * One process that trains the tutorial's network for some steps and prints what it took: `node train-steps.ts WARM_UP
 * STEPS BATCH [BACKEND]`. A process of its own, so that its peak of memory is its own.
 */
import {
  exportLayers,
  getArchitecture,
  initialHead,
  randomWeights,
  selectBackend,
  splitGraph,
  toTrainableHead,
  trainNetwork,
} from '@outsider/finetuning';
import { recipeDefaults } from '@outsider/domain';
import { openLayerSession } from '@outsider/inference';

/** What this process prints, as one line of JSON. */
export interface StepsReport {
  readonly backend: string;
  /** Over all measured steps, the frozen part included. */
  readonly imagesPerSecond: number;
  readonly fastestStepImagesPerSecond: number;
  readonly peakMiB: number;
}

const [warmUp, steps, batchSize] = process.argv.slice(2, 5).map(Number);
const backend = await selectBackend({ force: process.argv[5] });
const recipe = recipeDefaults.tutorial;
const architecture = getArchitecture('resnet50');
const weights = randomWeights(architecture.graph, 1);
const head = initialHead(architecture.features, architecture.relevantUnits, 2, 1);
const whole = toTrainableHead(architecture.graph, weights, architecture.features, head, recipe.output);
const { frozen, trained } = splitGraph(whole.graph, architecture.firstTrainedLayer.tutorial);
const session = await openLayerSession(exportLayers('frozen', frozen, weights), frozen.inputShape);
const imageLength = frozen.inputShape.reduce((product, side) => product * side, 1);
// As large as photos are after their mean was taken away; which ones does not matter to the time.
const images = Float32Array.from({ length: batchSize * imageLength }, (_, i) => 60 * Math.sin(i * 12.9898));

const ends: number[] = [];
await trainNetwork({
  graph: trained,
  weights: whole.weights,
  classes: 2,
  classWeights: Float32Array.of(1, 1),
  data: {
    samplesPerEpoch: (warmUp + steps) * batchSize,
    async *train() {
      for (let step = 0; step < warmUp + steps; step++) {
        yield {
          images: await session.run(images, batchSize),
          labels: Int32Array.from({ length: batchSize }, (_, i) => i % 2),
        };
      }
    },
    async *validation() {},
  },
  // Random weights know nothing: a rate that cannot blow them up.
  options: { ...recipe, epochs: 1, batchSize, learningRate: 1e-9, seed: 1 },
  droppedInputs: whole.droppedInputs,
  onStep: () => void ends.push(performance.now()),
});
const seconds = ends.slice(warmUp).map((end, i) => (end - ends[warmUp - 1 + i]) / 1000);
const report: StepsReport = {
  backend,
  imagesPerSecond: (steps * batchSize) / seconds.reduce((sum, one) => sum + one, 0),
  fastestStepImagesPerSecond: batchSize / Math.min(...seconds),
  peakMiB: process.resourceUsage().maxRSS / 1024,
};
console.log(JSON.stringify(report));
process.exit(0);
