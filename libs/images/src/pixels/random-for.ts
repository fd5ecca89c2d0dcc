import { createHash } from 'node:crypto';

import { createRandom, type Random } from '@outsider/linalg';

/** Random numbers that belong to a purpose, such as `randomFor('augment', seed, epoch, item)`: no order to keep. */
export function randomFor(...purpose: readonly (string | number)[]): Random {
  const digest = createHash('sha256').update(JSON.stringify(purpose)).digest();
  return createRandom(digest.readUIntBE(0, 6));
}
