export { activeShare, activeShares, type ActiveShareModel, type ActiveShareOptions } from './active-share.ts';
export { detectors, getDetector } from './catalogue.ts';
export { type Activations, type Detector, type FitControl, type FitInput, type OutputLayer } from './detector.ts';
export { energy } from './energy.ts';
export { fdbd } from './fdbd.ts';
export { createFusion, type FusionMember, type FusionModel, type FusionOptions } from './fusion.ts';
export { gen } from './gen.ts';
export { findNeighbours, knn, type KnnModel, type KnnOptions, type Neighbour } from './knn.ts';
export { loadModel, type LoadedModel } from './load-model.ts';
export { maxLogit } from './max-logit.ts';
export { maxSoftmax } from './max-softmax.ts';
export { decodeModel, encodeModel, type ModelHeader } from './model-codec.ts';
export { nci } from './nci.ts';
export { nnguide } from './nnguide.ts';
export { react } from './react.ts';
export { requireBackboneVersion } from './require-backbone-version.ts';
export { scale } from './scale.ts';
export { mds } from './mds.ts';
export { neco } from './neco.ts';
export { rmds } from './rmds.ts';
export { vim } from './vim.ts';
export {
  fitLogisticRegression,
  predictProbability,
  type LogisticModel,
  type LogisticOptions,
} from './fit-logistic-regression.ts';
export {
  searchLogisticGrid,
  tutorialGrid,
  type GridPoint,
  type GridSearchResult,
  type LogisticGrid,
} from './grid-search.ts';
export {
  logisticRegression,
  type LogisticRegressionModel,
  type LogisticRegressionOptions,
} from './logistic-regression.ts';
export { stratifiedFolds } from './stratified-k-fold.ts';
export { stratifiedSplit, type StratifiedSplit } from './stratified-split.ts';
export { certificateRank, smallestCertifiedCount } from './certificate.ts';
export { operatingPoint, type NamedRate, type NamedScores, type OperatingPoint, type Rate } from './operating-point.ts';
export { pValue } from './p-value.ts';
export { calibrateThreshold, type CalibratedThreshold, type ThresholdPolicy } from './threshold.ts';
export { fitMlp, mlpLogOdds, tutorialMlp, type MlpOptions } from './fit-mlp.ts';
export { mlp, type MlpDetectorOptions, type MlpModel } from './mlp.ts';
export { figureNames, type Contest, type FigureName, type Figures } from './contest.ts';
export {
  leaveOneGroupOut,
  learnsFromIrrelevant,
  type Bank,
  type GroupResult,
  type JudgedMethod,
  type JudgedPool,
  type LeaveOneGroupOut,
  type LeaveOneGroupOutOptions,
  type MethodResult,
} from './leave-one-group-out.ts';
export { selectActivations } from './select-activations.ts';
export { selectDetector, type Candidate, type Selection, type SelectionOptions } from './selection.ts';
