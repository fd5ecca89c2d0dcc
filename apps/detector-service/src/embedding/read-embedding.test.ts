import { encodeFloat32, type Embedding } from '@outsider/contracts';
import { BackboneMismatchError, FailedPreconditionError, InvalidArgumentError, ShapeError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { readEmbedding, type ExpectedSource } from './read-embedding.ts';

const source: ExpectedSource = {
  backboneVersion: 'a'.repeat(64),
  preprocessingDigest: 'b'.repeat(64),
  layers: [
    { layer: 'pooled', dimension: 3 },
    { layer: 'logits', dimension: 2 },
  ],
};

function embedding(layer: string, values: readonly number[], change: Partial<Embedding> = {}): Embedding {
  return {
    backboneVersion: source.backboneVersion,
    preprocessingDigest: source.preprocessingDigest,
    activations: [{ layer, values: encodeFloat32(Float32Array.from(values)), dimension: values.length }],
    timings: undefined,
    ...change,
  };
}

describe('readEmbedding', () => {
  it('gives the activations by layer', () => {
    expect(readEmbedding(embedding('pooled', [1, -2, 0.5]), source)).toEqual({ pooled: Float32Array.of(1, -2, 0.5) });
  });

  it('refuses another backbone version and says which was expected', () => {
    const other = embedding('pooled', [1, 2, 3], { backboneVersion: 'c'.repeat(64) });
    expect(() => readEmbedding(other, source)).toThrow(BackboneMismatchError);
    expect(() => readEmbedding(other, source)).toThrow(`expected ${source.backboneVersion}`);
  });

  it('refuses another preprocessing', () => {
    const other = embedding('pooled', [1, 2, 3], { preprocessingDigest: '' });
    expect(() => readEmbedding(other, source)).toThrow(FailedPreconditionError);
  });

  it('refuses a layer that the version does not emit', () => {
    expect(() => readEmbedding(embedding('conv5', [1]), source)).toThrow('the version emits pooled, logits');
    expect(() => readEmbedding(embedding('relevant_layer', [1]), source)).toThrow(InvalidArgumentError);
  });

  it('refuses a layer of another width, and bytes that do not hold it', () => {
    expect(() => readEmbedding(embedding('pooled', [1, 2]), source)).toThrow(ShapeError);
    const short = embedding('pooled', [1, 2, 3]);
    short.activations[0].values = short.activations[0].values.subarray(4);
    expect(() => readEmbedding(short, source)).toThrow(ShapeError);
  });

  it('refuses numbers that are not finite', () => {
    expect(() => readEmbedding(embedding('logits', [0, NaN]), source)).toThrow('got NaN at 1');
  });

  it('refuses a layer that is there twice', () => {
    const twice = embedding('logits', [0, 1]);
    twice.activations.push(twice.activations[0]);
    expect(() => readEmbedding(twice, source)).toThrow('twice');
  });
});
