export { chooseLayers, valuesToMeasure, type ChosenLayer, type ChosenLayers } from './choose-layers.ts';
export { type ImageInput } from './find-image-input.ts';
export { type OutputLayerParameters } from './find-output-layer.ts';
export { listCandidates, type Candidate } from './list-candidates.ts';
export { readClassifier, type Classifier } from './read-classifier.ts';
export {
  exposeValues,
  importedArchitecture,
  outputLayerOf,
  rewriteClassifier,
  type RewriteOptions,
} from './rewrite-classifier.ts';
