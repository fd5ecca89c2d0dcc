import { InvalidArgumentError } from '@outsider/domain';
import { activeShare } from './active-share.ts';
import type { Detector } from './detector.ts';
import { energy } from './energy.ts';
import { fdbd } from './fdbd.ts';
import { createFusion } from './fusion.ts';
import { gen } from './gen.ts';
import { knn } from './knn.ts';
import { logisticRegression } from './logistic-regression.ts';
import { mds } from './mds.ts';
import { maxLogit } from './max-logit.ts';
import { maxSoftmax } from './max-softmax.ts';
import { mlp } from './mlp.ts';
import { neco } from './neco.ts';
import { nci } from './nci.ts';
import { nnguide } from './nnguide.ts';
import { react } from './react.ts';
import { rmds } from './rmds.ts';
import { scale } from './scale.ts';
import { vim } from './vim.ts';

/** Methods that need no irrelevant images: what a fusion may be made of. */
const unsupervised: readonly Detector[] = [
  maxSoftmax,
  maxLogit,
  energy,
  gen,
  react,
  scale,
  fdbd,
  nci,
  mds,
  rmds,
  vim,
  knn,
  nnguide,
  neco,
  activeShare,
];

/**
 * Four geometries that fail on different images, over both layers: distance to the class means, to the neighbours, share
 * inside the principal subspace, size of the residual outside it. Near the best of them wherever we tried it, whichever
 * that was (docs/detectors.md).
 */
const fusion = createFusion(unsupervised, [
  { detector: 'mds', options: { layer: 'pooled' } },
  { detector: 'knn', options: { layer: 'relevant_layer' } },
  { detector: 'neco', options: { layer: 'relevant_layer' } },
  { detector: 'vim', options: { layer: 'relevant_layer' } },
]);

/** Every method there is. */
export const detectors: readonly Detector[] = [...unsupervised, logisticRegression, mlp, fusion];

/** @throws {InvalidArgumentError} listing the known names */
export function getDetector(name: string): Detector {
  const detector = detectors.find((candidate) => candidate.name === name);
  if (detector) return detector;
  const known = detectors.map((candidate) => candidate.name).join(', ');
  throw new InvalidArgumentError(`unknown detector "${name}"; there are ${known}`);
}
