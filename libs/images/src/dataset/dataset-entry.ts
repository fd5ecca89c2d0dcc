/** Where in a dataset folder a photo lies; an earlier role keeps a photo that several have. */
export type DatasetRole = 'train' | 'valid' | 'irrelevant' | 'unseen';

export const datasetRoles: readonly DatasetRole[] = ['train', 'valid', 'irrelevant', 'unseen'];

/** A file that takes part in a dataset, before anybody opened it. */
export interface DatasetEntry {
  /** Relative to the dataset's folder, with forward slashes. */
  readonly path: string;
  readonly role: DatasetRole;
  /** The class, for `train` and `valid`; else null. */
  readonly label: string | null;
  /** The category of irrelevant photos, for `irrelevant` and `unseen`; else null. */
  readonly group: string | null;
}

/** A file or folder that takes no part, and why, in words for its owner. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

/** Orders strings by code unit: the same on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
