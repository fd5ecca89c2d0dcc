import type { Architecture } from './architectures/architecture.ts';
import { describeBackbone, type ExportedHead } from './onnx/describe-backbone.ts';
import type { Weights } from './weights/weights.ts';
import { writeLayersModel, type LayersModelFiles } from './weights/write-layers-model.ts';

/**
 * A trained backbone as a TensorFlow.js layers model, to train it further: input [n, height, width, 3] float32,
 * preprocessed; outputs `pooled`, `relevant_layer` and `logits`, in this order; what an ONNX export says of itself stands
 * in `userDefinedMetadata`. The new layers' weights are a shard of their own: a backbone that was left as it was is the
 * same file in every version.
 *
 * @param nameShard the name of a shard, beside `model.json`
 * @throws {InvalidArgumentError} when there are not as many class names as logits
 */
export function exportLayersModel(
  architecture: Architecture,
  weights: Weights,
  trained: ExportedHead,
  nameShard: (bytes: Uint8Array) => string,
): LayersModelFiles {
  const { graph, weights: whole, metadata } = describeBackbone(architecture, weights, trained);
  return writeLayersModel(graph, whole, {
    outputs: ['pooled', 'relevant_layer', 'logits'],
    layersApart: ['relevant_layer', 'logits'],
    nameShard,
    metadata,
  });
}
