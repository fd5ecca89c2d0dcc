import { createHash } from 'node:crypto';
import { canonicalJson, type Digest } from '@outsider/domain';
import type { TrainingResult } from './worker/protocol.ts';

/** Names a backbone version: equal weights, architecture, preprocessing and classes give equal digests. */
export function versionDigest(result: TrainingResult, classes: readonly string[]): Digest {
  const { architecture, onnxArtifact, headArtifact, weightsDigest, preprocessingDigest, layers } = result;
  const parts = { architecture, onnxArtifact, headArtifact, weightsDigest, preprocessingDigest, layers, classes };
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}
