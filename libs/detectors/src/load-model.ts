import type { Digest } from '@outsider/domain';
import { getDetector } from './catalogue.ts';
import type { Detector } from './detector.ts';
import { decodeModel, newerFormat, olderFormat, type ModelHeader } from './model-codec.ts';
import { requireBackboneVersion } from './require-backbone-version.ts';

/** A stored model together with the method that reads it. */
export interface LoadedModel {
  readonly header: ModelHeader;
  readonly detector: Detector;
  readonly model: unknown;
}

/**
 * Decodes a stored model for use with one backbone version.
 *
 * @throws {CorruptDataError} when the bytes are damaged
 * @throws {BackboneMismatchError} when it was fitted on another backbone version
 * @throws {InvalidArgumentError} when this release has no such method
 * @throws {FailedPreconditionError} when its format is newer than this release, or older than what it still reads
 */
export function loadModel(bytes: Uint8Array, backboneVersion: Digest): LoadedModel {
  const { header, model } = decodeModel(bytes);
  requireBackboneVersion(header, backboneVersion);
  const detector = getDetector(header.detector);
  if (header.formatVersion > detector.formatVersion) {
    throw newerFormat(header.detector, header.formatVersion, detector.formatVersion);
  }
  if (header.formatVersion < detector.formatVersion) {
    throw olderFormat(header.detector, header.formatVersion, detector.formatVersion);
  }
  return { header, detector, model };
}
