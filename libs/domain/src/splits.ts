/**
 * What an item of a dataset snapshot is used for. Splits are disjoint by content hash, and each has one purpose, so
 * that a threshold or a method is never chosen on the images it is judged by.
 *
 * - `train`: fine-tunes the backbone; in-distribution only; also the bank of detectors that need no irrelevant images
 * - `fit`: fits supervised detectors; held-out in-distribution images, and irrelevant ones
 * - `calibrate`: fixes thresholds; in-distribution only
 * - `select`: chooses among methods; irrelevant images
 * - `test`: read once, for the figures that are shown
 */
export type Split = 'train' | 'fit' | 'calibrate' | 'select' | 'test';

export const splits: readonly Split[] = ['train', 'fit', 'calibrate', 'select', 'test'];
