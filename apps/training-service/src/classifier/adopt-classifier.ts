import { encodeSafetensors, type ArtifactStore } from '@outsider/artifacts';
import type { LayerShape } from '@outsider/database';
import { preprocessingDigest } from '@outsider/images';
import {
  chooseLayers,
  importedArchitecture,
  outputLayerOf,
  readClassifier,
  rewriteClassifier,
  type ChosenLayers,
  type OutputLayerParameters,
} from '@outsider/onnx-import';
import { measureShapes, sizeOfImages } from './measure-shapes.ts';
import type { AdoptedClassifier, StatedPreprocessing } from './protocol.ts';
import { verifyAdopted } from './verify-adopted.ts';

export interface AdoptOptions {
  /** Empty for the value that the last linear layer reads. */
  readonly layer: string;
  /** In the order of the logits. */
  readonly classes: readonly string[];
  readonly stated: StatedPreprocessing;
}

/**
 * Makes a trained classifier a file of the same kind as our own exports, checks that it computes the same, and stores
 * it with its output layer.
 *
 * @throws {InvalidArgumentError} with a sentence for its owner, when it cannot serve; nothing is stored then
 */
export async function adoptClassifier(
  bytes: Uint8Array,
  { layer, classes, stated }: AdoptOptions,
  artifacts: ArtifactStore,
): Promise<AdoptedClassifier> {
  const classifier = readClassifier(bytes);
  const size = sizeOfImages(classifier.input, stated.preprocessing.size, !stated.sizeFromGraph);
  const preprocessing = { ...stated.preprocessing, size };
  const shapes = await measureShapes(classifier, layer, preprocessing);
  const chosen = chooseLayers(classifier, layer, classes.length, shapes);
  const digest = preprocessingDigest(preprocessing);
  const rewritten = rewriteClassifier(classifier, chosen, { preprocessing, preprocessingDigest: digest, classes });
  const parameters = outputLayerOf(classifier, chosen);
  const exportDifference = await verifyAdopted(classifier, chosen, rewritten, preprocessing, parameters);

  const onnx = await artifacts.putBytes(rewritten);
  const head = await artifacts.putBytes(encodeOutputLayer(chosen, parameters));
  return {
    architecture: importedArchitecture,
    onnxArtifact: onnx.digest,
    headArtifact: head.digest,
    preprocessing,
    preprocessingDigest: digest,
    layers: layerShapes(chosen),
    relevantLayer: chosen.relevantLayer.name,
    exportDifference,
    notes: notesOn(chosen, parameters),
  };
}

function layerShapes({ relevantLayer, pooled, logits }: ChosenLayers): LayerShape[] {
  return [
    { layer: 'relevant_layer', dimension: relevantLayer.width },
    ...(pooled ? [{ layer: 'pooled', dimension: pooled.width } as const] : []),
    { layer: 'logits', dimension: logits.width },
  ];
}

/** What detectors that look at the output layer read; nothing, where it does not belong to the relevant layer. */
function encodeOutputLayer(
  { relevantLayer, logits }: ChosenLayers,
  parameters: OutputLayerParameters | undefined,
): Uint8Array {
  return encodeSafetensors({
    tensors: parameters
      ? {
          'output_layer.weight': { shape: [relevantLayer.width, logits.width], data: parameters.weights },
          'output_layer.bias': { shape: [logits.width], data: parameters.bias },
        }
      : {},
  });
}

function notesOn({ readByOutputLayer, pooled }: ChosenLayers, parameters: OutputLayerParameters | undefined): string[] {
  const notes: string[] = [];
  if (!readByOutputLayer) {
    notes.push(
      'the last linear layer does not read the relevant layer, so methods that need its weights are not fitted',
    );
  } else if (!parameters) {
    notes.push(
      'the weights of the last linear layer are not stored as plain numbers, so methods that need them are not fitted',
    );
  }
  if (!pooled) notes.push('the network has no global pooling, so methods that read pooled features are not fitted');
  return notes;
}
