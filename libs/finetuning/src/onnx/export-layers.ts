import { foldBatchNorm } from '../graph/fold-batch-norm.ts';
import type { LayerGraph } from '../graph/layer-graph.ts';
import { selectWeights, type Weights } from '../weights/weights.ts';
import { emitLayers } from './emit-layers.ts';
import { createOnnxGraph } from './onnx-graph.ts';

/**
 * Some layers of a network as an ONNX file that nobody but a training reads: input `images` [n, height, width, channels],
 * outputs as the graph names them, images with channels last too. Batch norm is folded into the convolutions.
 */
export function exportLayers(name: string, graph: LayerGraph, weights: Weights): Uint8Array {
  const folded = foldBatchNorm(graph, selectWeights(graph, weights));
  const onnx = createOnnxGraph(name);
  emitLayers(onnx, folded.graph, folded.weights);
  return onnx.encode({});
}
