import { InvalidArgumentError, toBackboneProperties } from '@outsider/domain';
import type { Architecture } from '../architectures/architecture.ts';
import { foldBatchNorm } from '../graph/fold-batch-norm.ts';
import { inferShapes } from '../graph/infer-shapes.ts';
import { appendHead, type Head } from '../head/head.ts';
import { selectWeights, type Weights } from '../weights/weights.ts';
import { emitLayers } from './emit-layers.ts';
import { createOnnxGraph } from './onnx-graph.ts';

/** What is trained on the backbone, and the names of the classes in the order of its logits. */
export interface ExportedHead {
  readonly head: Head;
  readonly classes: readonly string[];
}

/**
 * A backbone as an ONNX file: input `images` [n, height, width, 3] float32, preprocessed; outputs `pooled` and, with a
 * head, `relevant_layer` and `logits`. Batch norm is folded into the convolutions.
 *
 * The file's metadata says how to use it: `outsider.architecture`, `outsider.preprocessing` (JSON), `outsider.classes`
 * (JSON array, empty without a head) and `outsider.layers` (JSON: output → the Keras name of its layer and its width).
 *
 * @throws {InvalidArgumentError} when there are not as many class names as logits
 */
export function exportBackbone(architecture: Architecture, weights: Weights, trained?: ExportedHead): Uint8Array {
  const selected = selectWeights(architecture.graph, weights);
  const whole = trained
    ? appendHead(architecture.graph, selected, architecture.features, trained.head)
    : { graph: architecture.graph, weights: selected };
  const classes = trained?.classes ?? [];
  if (trained && classes.length !== trained.head.outputLayer.bias.length) {
    throw new InvalidArgumentError(`${classes.length} class names for ${trained.head.outputLayer.bias.length} logits`);
  }
  const folded = foldBatchNorm(whole.graph, whole.weights);
  const onnx = createOnnxGraph(architecture.name);
  emitLayers(onnx, folded.graph, folded.weights);

  const shapes = inferShapes(whole.graph);
  const layers = Object.entries(whole.graph.outputs).map(
    ([output, layer]) => [output, { layer, width: shapes.get(layer)![0] }] as const,
  );
  return onnx.encode(
    toBackboneProperties({
      architecture: architecture.name,
      preprocessing: architecture.preprocessing,
      classes,
      layers: Object.fromEntries(layers),
    }),
  );
}
