import { createHash } from 'node:crypto';
import { canonicalJson, type Digest } from '@outsider/domain';
import type { TrainingResult } from './worker/protocol.ts';

/** What a version is made of. */
export type VersionParts = Pick<
  TrainingResult,
  'architecture' | 'onnxArtifact' | 'headArtifact' | 'weightsDigest' | 'preprocessingDigest' | 'layers'
>;

/**
 * Names a backbone version: equal weights, architecture, preprocessing and classes give equal digests. The layers model
 * is the same weights in another format, and no part of it.
 */
export function versionDigest(version: VersionParts, classes: readonly string[]): Digest {
  const { architecture, onnxArtifact, headArtifact, weightsDigest, preprocessingDigest, layers } = version;
  const parts = { architecture, onnxArtifact, headArtifact, weightsDigest, preprocessingDigest, layers, classes };
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}
