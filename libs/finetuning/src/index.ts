export { backendNames, type BackendName, type NativeBackendName } from './backend-names.ts';
export { architectureNames, getArchitecture, type Architecture } from './architectures/architecture.ts';
export { loadNetwork, type Network } from './graph/run-graph.ts';
export { splitGraph, type SplitGraph } from './graph/split-graph.ts';
export { type Activation, type LayerGraph, type LayerSpec } from './graph/layer-graph.ts';
export { type LabelledFeatures } from './head/check-features.ts';
export { defaultHeadOptions, parseHeadOptions, type HeadOptions } from './head/head-options.ts';
export { applyHead, type HeadActivations } from './head/apply-head.ts';
export { appendHead, type DenseWeights, type Head } from './head/head.ts';
export { trainHead, type TrainedHead, type TrainHeadRequest } from './head/train-head.ts';
export {
  initialHead,
  mergeTrained,
  readTrainedHead,
  toTrainableHead,
  type HeadOutput,
  type TrainableHead,
} from './head/trainable-head.ts';
export { type ExportedHead } from './onnx/describe-backbone.ts';
export { exportBackbone } from './onnx/export-backbone.ts';
export { exportLayersModel } from './export-layers-model.ts';
export { compareConvolution, type ConvolutionErrors } from './compare-convolution.ts';
export { measureSpeed, type Speed } from './measure-speed.ts';
export { builtAddonPackage, builtAddonsDir, tensorflowVersion } from './native-addon.ts';
export { exportLayers } from './onnx/export-layers.ts';
export { selectBackend, type SelectBackendOptions } from './select-backend.ts';
export { balancedClassWeights } from './training/class-weights.ts';
export { sampleOrder } from './training/sample-order.ts';
export {
  trainNetwork,
  type TrainedNetwork,
  type TrainingBatch,
  type TrainingData,
  type TrainingOptions,
  type TrainNetworkRequest,
} from './training/train-network.ts';
export { type EpochMetrics, type StepMetrics, type TrainingState } from './training/training-state.ts';
export { verifyExport, type Agreement, type Outputs, type VerifyOptions } from './verify-export.ts';
export { type DownloadProgress } from './weights/download-rest.ts';
export { fetchArchive } from './weights/fetch-archive.ts';
export {
  fetchBackboneWeights,
  type FetchedWeights,
  type FetchWeightsOptions,
} from './weights/fetch-backbone-weights.ts';
export { type FetchOptions } from './weights/fetch-pinned-file.ts';
export { weightSourcesOf, type WeightSource } from './weights/weight-sources.ts';
export { loadLayersModel } from './weights/load-layers-model.ts';
export { readArchive } from './weights/read-archive.ts';
export { randomWeights } from './weights/random-weights.ts';
export { type Weights, type WeightTensor } from './weights/weights.ts';
export {
  writeLayersModel,
  type LayersModel,
  type LayersModelFiles,
  type LayersModelShard,
} from './weights/write-layers-model.ts';
