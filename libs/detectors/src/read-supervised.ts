import { FailedPreconditionError, InvalidArgumentError, TooFewSamplesError } from '@outsider/domain';
import { selectRows, type Matrix } from '@outsider/linalg';
import type { FitInput } from './detector.ts';
import type { FeatureLayer } from './feature-layer.ts';
import { orderByContent } from './order-by-content.ts';
import { readLayer } from './read-activations.ts';

export interface SupervisedSample {
  readonly x: Matrix;
  /** 1 = irrelevant, shape [n]. */
  readonly labels: Int32Array;
  /** Samples of the rarer kind, at least 2. */
  readonly scarcest: number;
}

/**
 * The labelled activations of one layer, checked, in an order that does not depend on that of the photos.
 *
 * @throws {FailedPreconditionError} when there are no irrelevant images to learn from
 * @throws {TooFewSamplesError} with fewer than two of either kind
 */
export function readSupervised(
  { supervised, seed }: FitInput,
  layer: FeatureLayer,
  detector: string,
): SupervisedSample {
  if (!supervised) {
    throw new FailedPreconditionError(`${detector} learns from irrelevant images, and there are none`, {
      reason: 'NO_IRRELEVANT_IMAGES',
    });
  }
  const x = readLayer(supervised.activations, layer);
  const labels = Int32Array.from(supervised.irrelevant);
  if (labels.length !== x.rows)
    throw new InvalidArgumentError(`irrelevant: expected ${x.rows} flags, got ${labels.length}`);
  const irrelevant = labels.reduce((sum, label) => sum + label, 0);
  if (irrelevant < 2) throw new TooFewSamplesError(`${detector}, irrelevant images`, 2, irrelevant);
  if (labels.length - irrelevant < 2)
    throw new TooFewSamplesError(`${detector}, in-distribution images`, 2, labels.length - irrelevant);
  const order = orderByContent([x], labels, seed);
  return {
    x: selectRows(x, order),
    labels: order.map((i) => labels[i]),
    scarcest: Math.min(irrelevant, labels.length - irrelevant),
  };
}
