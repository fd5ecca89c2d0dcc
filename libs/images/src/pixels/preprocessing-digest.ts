import { createHash } from 'node:crypto';

import { canonicalJson, type Digest, type Preprocessing } from '@outsider/domain';

/**
 * What our code does to pixels beyond the settings. Raise a number here when the same settings begin to give other
 * pixels: activations from before and after must not be compared, and the digest keeps them apart.
 */
const pixelSemantics = {
  decoder: 'sharp: upright, sRGB, 8 bit, on white, first frame; 1',
  resize: 'pillow-exact fixed-point resampling; decoder reduction from 4x to 2x; 1',
};

/** Names a preprocessing: equal digests mean equal tensors from equal bytes. */
export function preprocessingDigest(preprocessing: Preprocessing): Digest {
  const { size, fit, cropShare, interpolation, channelOrder, scale, mean, std } = preprocessing;
  const settings = { size, fit, cropShare, interpolation, channelOrder, scale, mean, std };
  return createHash('sha256').update(canonicalJson({ settings, pixelSemantics })).digest('hex');
}
