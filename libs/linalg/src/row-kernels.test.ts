import { describe, expect, it } from 'vitest';
import { randomMatrix } from './naive.testing.ts';
import { createRowKernels, portableRowKernels, type RowKernels } from './row-kernels.ts';

/** Four rows of eight numbers, the same for both kernels. */
function filled(create: (bytes: number) => RowKernels): { kernels: RowKernels; x: Float64Array } {
  const kernels = create(8 * 40);
  const x = new Float64Array(kernels.buffer, 0, 40);
  x.set(randomMatrix(5, 8, 1).data);
  return { kernels, x };
}

describe('row kernels in SIMD', () => {
  const work: [string, (kernels: RowKernels, x: Float64Array) => number | void][] = [
    ['addScaled', (kernels) => kernels.addScaled(64, 128, -0.4, 2)],
    ['addScaled of nothing', (kernels) => kernels.addScaled(64, 128, -0.4, 0)],
    ['dotAndAdd', (kernels) => kernels.dotAndAdd(0, 64, 128, 0.7, 4)],
    ['dotAndAdd of nothing', (kernels) => kernels.dotAndAdd(0, 64, 128, 0.7, 0)],
    ['subtractRankTwo', (kernels) => kernels.subtractRankTwo(0, 64, 128, 0.3, -1.2, 3)],
    [
      'rotate',
      (kernels, x) => {
        x.set([64, 0.6, 0.8, 0, -0.28, 0.96], 32);
        kernels.rotate(0, 256, 2);
      },
    ],
  ];

  it.each(work)('%s agrees with plain JavaScript', (_, run) => {
    const simd = filled(createRowKernels);
    const portable = filled(portableRowKernels);
    expect(run(simd.kernels, simd.x)).toEqual(run(portable.kernels, portable.x));
    expect([...simd.x]).toEqual([...portable.x].map((value) => expect.closeTo(value, 14)));
  });

  it.each([0, 1, 3])('dot agrees with plain JavaScript over %i times eight numbers', (eights) => {
    const [simd, portable] = [createRowKernels, portableRowKernels].map((create) =>
      filled(create).kernels.dot(0, 128, eights),
    );
    expect(simd).toBeCloseTo(portable, 14);
    expect(simd === 0).toBe(eights === 0);
  });

  it('is really in use here', () => {
    expect(createRowKernels(8).dotAndAdd.toString()).toContain('native code');
  });
});
