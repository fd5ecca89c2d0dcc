export { batchImages } from './batch-images.ts';
export { createBatcher, type Batched, type Batcher, type BatcherOptions } from './batcher.ts';
export { openGraph, type FloatTensor, type GraphSession } from './open-graph.ts';
export { openLayerSession, type LayerSession } from './open-layer-session.ts';
export { openSession, type Activations, type InferenceSession, type SessionOptions } from './open-session.ts';
export { readOnnxMetadata } from './read-onnx-metadata.ts';
export {
  startInferenceProcess,
  type InferenceProcess,
  type InferenceProcessOptions,
} from './start-inference-process.ts';
