import { sha256 } from '@outsider/artifacts';
import { canonicalJson, type Layer } from '@outsider/domain';
import { exportBackbone, exportLayersModel } from '@outsider/finetuning';
import { preprocessingDigest } from '@outsider/images';
import { openSession } from '@outsider/inference';
import { compareWithExports } from './compare-with-exports.ts';
import { encodeHead } from './encode-head.ts';
import { judgeValidation } from './judge-validation.ts';
import type { TrainingResult, TrainingTask, WorkerEvent } from './protocol.ts';
import { reportTo } from './report.ts';
import { trainNewLayers } from './train-new-layers.ts';
import { trainUpperLayers } from './train-upper-layers.ts';
import { openWorkplace } from './workplace.ts';

/**
 * Trains a backbone with a relevant layer and an output layer as the recipe says, exports it, and checks the export.
 *
 * Nothing is registered here: the result names artifacts, and the service decides what becomes of them.
 */
export async function trainBackbone(
  task: TrainingTask,
  onEvent: (event: WorkerEvent) => void,
): Promise<TrainingResult> {
  const report = reportTo(onEvent);
  report.stage('prepare');
  const workplace = await openWorkplace(task, report);
  const { architecture, artifacts, backend, weightsDigest } = workplace;
  const { preprocessing, features } = architecture;

  const trained = task.recipe.name === 'head' ? await trainNewLayers(workplace) : await trainUpperLayers(workplace);

  report.stage('export');
  const description = {
    head: trained.head,
    classes: task.classes,
    preprocessingDigest: preprocessingDigest(preprocessing),
  };
  const onnx = exportBackbone(architecture, trained.weights, description);
  const layersModel = exportLayersModel(architecture, trained.weights, description, (shard) => `${sha256(shard)}.bin`);
  const onnxArtifact = await artifacts.putBytes(onnx);
  const headArtifact = await artifacts.putBytes(encodeHead(trained.head, features));
  for (const { bytes } of layersModel.shards) await artifacts.putBytes(bytes);
  const layersModelArtifact = await artifacts.putBytes(Buffer.from(canonicalJson(layersModel.model)));

  report.stage('verify');
  const exported = await openSession(onnx);
  const exportDifference = await compareWithExports(workplace, trained, { onnx: exported, layersModel });
  report.log(`the exports agree with TensorFlow.js within ${exportDifference.toExponential(1)}`);
  const validation = await judgeValidation(workplace, exported, trained.figures.validationLoss);
  await exported.close();
  await workplace.photos.close();

  const layers: { layer: Layer; dimension: number }[] = [
    { layer: 'relevant_layer', dimension: trained.head.relevantLayer.bias.length },
    { layer: 'pooled', dimension: features },
    { layer: 'logits', dimension: trained.head.outputLayer.bias.length },
  ];
  return {
    architecture: architecture.name,
    backend,
    onnxArtifact: onnxArtifact.digest,
    headArtifact: headArtifact.digest,
    layersModelArtifact: layersModelArtifact.digest,
    weightsDigest,
    preprocessing,
    preprocessingDigest: description.preprocessingDigest,
    layers,
    exportDifference,
    validation,
    training: {
      ...trained.figures,
      weightSource: workplace.weightSource,
      peakMiB: process.resourceUsage().maxRSS / 1024,
    },
  };
}
