import { describe, expect, it } from 'vitest';
import { toBackboneMetadata, toBackboneProperties, type BackboneMetadata } from './backbone-metadata.ts';

const metadata: BackboneMetadata = {
  architecture: 'tiny',
  preprocessing: {
    size: [32, 48],
    fit: 'stretch',
    interpolation: 'bilinear',
    channelOrder: 'rgb',
    scale: 1 / 255,
    mean: [0.1, 0.2, 0.3],
    std: [1, 2, 3],
  },
  preprocessingDigest: 'a'.repeat(64),
  classes: ['cats', 'dogs, of all kinds'],
  layers: { relevant_layer: { layer: 'fc', width: 8 }, logits: { layer: 'out', width: 2 } },
};
const properties = toBackboneProperties(metadata);

describe('backbone metadata', () => {
  it('is read as it was written', () => {
    expect(toBackboneMetadata(properties)).toEqual(metadata);
  });

  it('is read without the digest of the preprocessing, which older files lack; a malformed one is refused', () => {
    const { preprocessingDigest: _, ...older } = metadata;
    expect(toBackboneMetadata(toBackboneProperties(older))).toEqual(older);
    expect(() => toBackboneMetadata({ ...properties, 'outsider.preprocessing_digest': 'abc' })).toThrow(
      'outsider.preprocessing_digest',
    );
  });

  it('names the property that is missing', () => {
    expect(() => toBackboneMetadata({ ...properties, 'outsider.classes': undefined as never })).toThrow(
      'outsider.classes',
    );
  });

  it('refuses a property that is not JSON, and an unknown layer', () => {
    expect(() => toBackboneMetadata({ ...properties, 'outsider.preprocessing': '{' })).toThrow('not JSON');
    expect(() => toBackboneMetadata({ ...properties, 'outsider.layers': '{"fc9":{}}' })).toThrow('fc9');
  });
});
