export { defaultSplitShares, type SplitShares } from './dataset/assign-splits.ts';
export { datasetRoles, type DatasetEntry, type DatasetRole, type SkippedFile } from './dataset/dataset-entry.ts';
export { type DuplicateFile } from './dataset/drop-duplicates.ts';
export {
  examineFiles,
  type ExaminedEntry,
  type ExamineOptions,
  type ReadableEntry,
  type UnreadableEntry,
} from './dataset/examine-files.ts';
export { examineImage, type ExaminedImage } from './dataset/examine-image.ts';
export { mapConcurrent } from './dataset/map-concurrent.ts';
export {
  planSnapshot,
  type SnapshotCounts,
  type SnapshotItem,
  type SnapshotOptions,
  type SnapshotPlan,
  type SnapshotReport,
} from './dataset/plan-snapshot.ts';
export { scanDatasetFolder, type DatasetListing } from './dataset/scan-dataset-folder.ts';
export { snapshotManifest, type SnapshotManifest } from './dataset/snapshot-manifest.ts';
export { augment } from './pixels/augment.ts';
export {
  augmentParameters,
  tutorialAugmentation,
  type AugmentParameters,
  type AugmentRanges,
} from './pixels/augment-parameters.ts';
export { decodeImage } from './pixels/decode-image.ts';
export { defaultImageLimits, type ImageLimits } from './pixels/image-limits.ts';
export { getPreset, preprocessingPresets } from './pixels/preprocessing-presets.ts';
export { kerasPreprocessing } from './pixels/keras-preprocessing.ts';
export { loadPixels } from './pixels/load-pixels.ts';
export { parsePreprocessing } from './pixels/parse-preprocessing.ts';
export { preprocess } from './pixels/preprocess.ts';
export { preprocessingDigest } from './pixels/preprocessing-digest.ts';
export { type RgbImage } from './pixels/rgb-image.ts';
export {
  distortedVariants,
  distortVariant,
  drawnVariants,
  drawVariant,
  type DistortedVariant,
  type DrawnVariant,
} from './pixels/robustness-variants.ts';
export { imageFormats, type ImageFormat } from './pixels/sniff-format.ts';
export { startPixelPool, type PixelPool } from './pixels/start-pixel-pool.ts';
export { toTensor } from './pixels/to-tensor.ts';
