import { FailedPreconditionError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { verifyExport } from './verify-export.ts';

const floats = (...values: number[]) => Float32Array.from(values);
const expected = { pooled: floats(1, 2, 3, 4), logits: floats(5, -5, 1, 2) };

describe('verifyExport', () => {
  it('measures the largest difference against the largest element', () => {
    const actual = { pooled: floats(1, 2, 3.002, 4), logits: floats(5, -5, 1, 2), extra: floats(1) };
    const [pooled, logits] = verifyExport(expected, actual, { count: 2 });
    expect(pooled.maxRelativeDifference).toBeCloseTo(0.002 / 4, 6);
    expect(logits).toEqual({ output: 'logits', maxRelativeDifference: 0, sameArgMax: 2 });
  });

  it('refuses an export that differs, decides otherwise, lacks an output or holds NaN', () => {
    const verify = (actual: Record<string, Float32Array>, tolerance?: number) => () =>
      verifyExport(expected, { ...expected, ...actual }, { count: 2, tolerance });
    expect(verify({ pooled: floats(1, 2, 3.1, 4) })).toThrow('in "pooled"');
    expect(verify({ logits: floats(5, -5, 1.6, 1.4) }, 0.1)).toThrow('in "logits"');
    expect(verify({ logits: floats(5, -5, 1.6, 1.4) }, 0.2)).not.toThrow();
    expect(verify({ pooled: floats(1, 2, NaN, 4) })).toThrow(FailedPreconditionError);
    expect(verify({ pooled: floats(1, 2) })).toThrow('emits 2 numbers as "pooled", expected 4');
  });

  it('refuses another arg-max even within the tolerance, unless the two logits are that close', () => {
    const clear = { logits: floats(10, 9.5) };
    expect(() => verifyExport(clear, { logits: floats(9.6, 9.7) }, { count: 1, tolerance: 0.045 })).toThrow(
      'another class',
    );
    const tied = { logits: floats(10, 9.999) };
    expect(verifyExport(tied, { logits: floats(9.999, 10) }, { count: 1 })[0].sameArgMax).toBe(1);
  });
});
