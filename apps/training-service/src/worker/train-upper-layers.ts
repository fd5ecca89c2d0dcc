import { createHash } from 'node:crypto';
import path from 'node:path';
import { canonicalJson } from '@outsider/domain';
import {
  balancedClassWeights,
  defaultHeadOptions,
  exportLayers,
  initialHead,
  mergeTrained,
  readTrainedHead,
  splitGraph,
  toTrainableHead,
  trainNetwork,
  type Head,
  type TrainingState,
} from '@outsider/finetuning';
import { openLayerSession } from '@outsider/inference';
import { checkpointFile } from './checkpoint-file.ts';
import { checkpointPath } from './checkpoint-path.ts';
import { createFrozenStore } from './frozen-store.ts';
import { photoBatches } from './photo-batches.ts';
import { reportUpperLayers } from './report-upper-layers.ts';
import { trainHeadOnFeatures } from './train-new-layers.ts';
import type { TrainedBackbone } from './trained-backbone.ts';
import type { Workplace } from './workplace.ts';

/**
 * The recipes `tutorial` and `fine-tune`: new layers, and the backbone's layers from one on. What lies below is run by
 * ONNX Runtime, which is faster at it. New layers that were trained alone count as epoch 0. Each epoch is kept until the end: a process that takes this training up after
 * another was killed goes on with the epoch after it, to the same weights.
 */
export async function trainUpperLayers(workplace: Workplace): Promise<TrainedBackbone> {
  const { task, report, architecture, weights, photos } = workplace;
  const { recipe, classes, cacheDir, runId } = task;
  const checkpoint = checkpointFile(checkpointPath(cacheDir, runId), signatureOf(workplace));
  const resume = await checkpoint.read();
  if (resume) report.log(`an earlier process was interrupted; going on after epoch ${resume.epoch}`);

  const head = resume ? untrainedHead(workplace) : await startingHead(workplace);
  const whole = toTrainableHead(architecture.graph, weights, architecture.features, head, recipe.output);
  const { frozen, trained } = splitGraph(whole.graph, recipe.firstTrainedLayer);
  const session = await openLayerSession(exportLayers('frozen', frozen, weights), frozen.inputShape);
  const length = trained.inputShape.reduce((product, side) => product * side, 1);
  const store = await createFrozenStore(path.join(cacheDir, 'frozen', `${runId}.f32`), length);
  report.stage('train');
  try {
    const data = photoBatches({ photos: task.photos, loader: photos, frozen: session, store, length }, recipe);
    const labels = task.photos.flatMap(({ label, train }) => (train ? [label] : []));
    const headSteps = recipe.headEpochs * Math.ceil(labels.length / defaultHeadOptions.batchSize);
    const progress = reportUpperLayers(report, recipe, data.samplesPerEpoch, headSteps);
    const result = await trainNetwork({
      graph: trained,
      weights: whole.weights,
      classes: classes.length,
      classWeights:
        recipe.classWeights === 'balanced'
          ? balancedClassWeights(labels, classes.length)
          : new Float32Array(classes.length).fill(1),
      data,
      options: recipe,
      droppedInputs: whole.droppedInputs,
      judgeStart: recipe.headEpochs > 0,
      resume,
      onStart: progress.onStart,
      onStep: progress.onStep,
      onEpoch: progress.onEpoch,
      onState: (state: TrainingState) => checkpoint.write(state),
    });
    const kept =
      result.bestEpoch === 0
        ? 'kept the new layers alone: training the layers below did not lower the validation loss'
        : `kept the weights of epoch ${result.bestEpoch}, whose validation loss was lowest`;
    report.log(result.stoppedEarly ? `${kept}; stopped, since it fell no further` : kept);
    return {
      weights: mergeTrained(weights, result.weights),
      head: readTrainedHead(result.weights, recipe.output),
      figures: {
        bestEpoch: result.bestEpoch,
        epochsRun: result.history.length,
        stoppedEarly: result.stoppedEarly,
        resumedFrom: resume?.epoch ?? null,
        ...progress.figures(),
        validationLoss: Number.isFinite(result.bestLoss) ? result.bestLoss : NaN,
      },
    };
  } finally {
    await store.remove();
    await session.close();
  }
}

/** With `headEpochs`, new layers that already fit the frozen backbone: they do not spoil it with their first errors. */
async function startingHead(workplace: Workplace): Promise<Head> {
  const { recipe } = workplace.task;
  if (recipe.headEpochs === 0) return untrainedHead(workplace);
  const { units, dropout, labelSmoothing, classWeights, seed, headEpochs: epochs } = recipe;
  const options = { ...defaultHeadOptions, units, dropout, labelSmoothing, classWeights, seed, epochs };
  return (await trainHeadOnFeatures(workplace, options)).head;
}

function untrainedHead({ task: { recipe, classes }, architecture }: Workplace): Head {
  return initialHead(architecture.features, recipe.units, classes.length, recipe.seed);
}

/** Everything that decides what the training computes. */
function signatureOf({ task, weightsDigest, backend }: Workplace): string {
  const { recipe, classes, photos } = task;
  return createHash('sha256').update(canonicalJson({ recipe, classes, photos, weightsDigest, backend })).digest('hex');
}
