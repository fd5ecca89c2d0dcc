import type { Digest } from '@outsider/domain';
import { BackboneMismatchError } from '@outsider/domain';
import type { ModelHeader } from './model-codec.ts';

/**
 * A model reads the activations of one backbone version; on another's its scores mean nothing.
 *
 * @throws {BackboneMismatchError} when the model was fitted on another backbone version
 */
export function requireBackboneVersion(header: ModelHeader, backboneVersion: Digest): void {
  if (header.backboneVersion !== backboneVersion) {
    throw new BackboneMismatchError(
      `the model of detector ${header.detector}`,
      backboneVersion,
      header.backboneVersion,
    );
  }
}
