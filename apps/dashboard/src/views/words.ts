import type { RunState, Stage, Verdict } from '@outsider/domain';

/**
 * The product's words. Inside the code an image is in-distribution or out-of-distribution; on screen it is relevant
 * or irrelevant, and a verdict is relevant or novel. This file is the only place where the two meet.
 */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  'in-distribution': 'Relevant',
  novel: 'Novel',
  abstain: 'Undecided',
};

export const verdictSentences: Readonly<Record<Verdict, string>> = {
  'in-distribution': 'This photo looks like those the backbone was trained on.',
  novel: 'This photo does not look like those the backbone was trained on.',
  abstain: 'The score is too close to the threshold to say: ask a person.',
};

export const stateWords: Readonly<Record<RunState, string>> = {
  queued: 'Queued',
  running: 'Running',
  succeeded: 'Succeeded',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export const stageWords: Readonly<Record<Stage, string>> = {
  prepare: 'Prepare photos',
  features: 'Read features',
  train: 'Train',
  export: 'Export',
  verify: 'Verify export',
  register: 'Register',
  embed: 'Embed',
  fit: 'Fit detectors',
  calibrate: 'Calibrate',
  promote: 'Promote',
};

const methodNames: Readonly<Record<string, string>> = {
  'logistic-regression': 'Logistic regression',
  'active-share': 'Active share',
  knn: 'Nearest neighbours',
  msp: 'Softmax confidence',
  'max-logit': 'Largest logit',
  energy: 'Energy',
  gen: 'GEN',
  react: 'ReAct',
  scale: 'SCALE',
  fdbd: 'fDBD',
  nci: 'NCI',
  mds: 'Mahalanobis (MDS++)',
  rmds: 'Relative Mahalanobis (RMDS++)',
  vim: 'ViM',
  nnguide: 'NNGuide',
  neco: 'NECO',
  mlp: 'Small neural network',
  fusion: 'Fusion',
};

/** A detector's method for people; an unknown one as it is, with its hyphens opened. */
export function methodName(method: string): string {
  const known = methodNames[method];
  if (known) return known;
  const words = method.replaceAll(/[-_]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const jobNames: Readonly<Record<string, string>> = {
  train: 'Training run',
  'fit-detectors': 'Fit of detectors',
  import: 'Import of a classifier',
};

/** What a kind of job is, on screen. */
export function jobName(kind: string): string {
  return jobNames[kind] ?? kind;
}

export const layerNames: Readonly<Record<string, string>> = {
  relevant_layer: 'Relevant layer',
  pooled: 'Pooled features',
  logits: 'Logits',
};

/** What a split is for, on screen. */
export const splitWords: Readonly<Record<string, string>> = {
  train: 'Training',
  fit: 'Fitting detectors',
  calibrate: 'Calibration',
  select: 'Choosing a detector',
  test: 'Held out for the figures',
};

/** Pictures that show nothing: calling them novel is right. All other variants are relevant photos, distorted. */
export const drawnVariants: readonly string[] = ['blank', 'noise'];

export const variantNames: Readonly<Record<string, string>> = {
  blur: 'blurred',
  dark: 'dark',
  'strong-jpeg': 'strong JPEG',
  rotated: 'on its side',
  'upside-down': 'upside down',
  blank: 'one colour',
  noise: 'noise',
};
