import { createHash } from 'node:crypto';
import { canonicalJson } from '@outsider/domain';
import type { Weights } from '@outsider/finetuning';

/** Names weights by their values and shapes, in whatever order they come. */
export function digestOfWeights(weights: Weights): string {
  const hash = createHash('sha256');
  for (const [name, { shape, data }] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(canonicalJson({ name, shape })).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
