import { toBackboneProperties } from '@outsider/domain';
import type { Architecture } from '../architectures/architecture.ts';
import { foldBatchNorm } from '../graph/fold-batch-norm.ts';
import type { Weights } from '../weights/weights.ts';
import { describeBackbone, type ExportedHead } from './describe-backbone.ts';
import { emitLayers } from './emit-layers.ts';
import { createOnnxGraph } from './onnx-graph.ts';

/**
 * A backbone as an ONNX file: input `images` [n, height, width, 3] float32, preprocessed; outputs `pooled` and, with a
 * head, `relevant_layer` and `logits`. Batch norm is folded into the convolutions.
 *
 * The file's metadata says how to use it: `outsider.architecture`, `outsider.preprocessing` (JSON) and, where given,
 * `outsider.preprocessing_digest`, `outsider.classes` (JSON array, empty without a head) and `outsider.layers` (JSON:
 * output → the Keras name of its layer and its width).
 *
 * @throws {InvalidArgumentError} when there are not as many class names as logits
 */
export function exportBackbone(architecture: Architecture, weights: Weights, trained?: ExportedHead): Uint8Array {
  const { graph, weights: selected, metadata } = describeBackbone(architecture, weights, trained);
  const folded = foldBatchNorm(graph, selected);
  const onnx = createOnnxGraph(architecture.name);
  emitLayers(onnx, folded.graph, folded.weights);
  return onnx.encode(toBackboneProperties(metadata));
}
