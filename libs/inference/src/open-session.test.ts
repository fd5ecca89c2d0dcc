import { InvalidArgumentError, ShapeError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { tinyActivations, tinyBackbone } from '../fixtures/tiny-backbone.ts';
import { openSession } from './open-session.ts';

const { images, count } = tinyActivations;

function expectClose(actual: Float32Array | undefined, expected: Float32Array): void {
  expect(actual?.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  expect(Math.max(...expected.map((value, i) => Math.abs(value - actual![i])))).toBeLessThan(1e-5 * scale);
}

describe('openSession', () => {
  it('computes what TensorFlow.js computed before the export', async () => {
    const session = await openSession(tinyBackbone, { threads: 1 });
    const activations = await session.run(images, count);
    expect(Object.keys(activations).sort()).toEqual(['logits', 'pooled', 'relevant_layer']);
    expectClose(activations.pooled, tinyActivations.pooled);
    expectClose(activations.relevant_layer, tinyActivations.relevant_layer);
    expectClose(activations.logits, tinyActivations.logits);
    await session.close();
  });

  it('says what the file says of itself', async () => {
    const session = await openSession(tinyBackbone, { threads: 1 });
    expect(session.metadata.architecture).toBe('tiny');
    expect(session.metadata.classes).toEqual(['bird', 'fish', 'frog']);
    expect(session.metadata.preprocessing).toMatchObject({ size: [32, 32], channelOrder: 'rgb' });
    expect(session.metadata.layers.relevant_layer).toEqual({ layer: 'relevant_layer', width: 24 });
    expect(session.layers).toContain('pooled');
    await session.close();
  });

  it('gives an image the same activations alone and in a batch', async () => {
    const session = await openSession(tinyBackbone, { threads: 1 });
    const { pooled } = await session.run(images.subarray(session.imageLength, 2 * session.imageLength), 1, ['pooled']);
    expectClose(pooled, tinyActivations.pooled.slice(64, 128));
    await session.close();
  });

  it('refuses a batch of the wrong size and a layer that it does not have', async () => {
    const session = await openSession(tinyBackbone, { threads: 1 });
    await expect(session.run(images, count + 1)).rejects.toThrow(ShapeError);
    await expect(session.run(new Float32Array(0), 0)).rejects.toThrow(ShapeError);
    await expect(session.run(images, count, ['fc2' as 'pooled'])).rejects.toThrow('emits no "fc2"');
    await session.close();
  });

  it('refuses bytes that are no network', async () => {
    await expect(openSession(new TextEncoder().encode('not a network'))).rejects.toThrow(InvalidArgumentError);
    await expect(openSession(tinyBackbone.subarray(0, 1000))).rejects.toThrow(InvalidArgumentError);
    await expect(openSession(new Uint8Array(0))).rejects.toThrow(InvalidArgumentError);
  });
});
