import { describe, expect, it } from 'vitest';
import { instantiateSimd } from './simd-instance.ts';

describe('instantiateSimd', () => {
  it('gives a memory of at least the size asked for', () => {
    expect(instantiateSimd(100_000)?.memory.buffer.byteLength).toBe(131_072);
    expect(instantiateSimd(0)?.memory.buffer.byteLength).toBe(65_536);
  });

  it('gives way to plain JavaScript where a memory is too large', () => {
    expect(instantiateSimd(2 ** 40)).toBeUndefined();
  });
});
