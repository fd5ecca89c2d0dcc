import { fromRows, type Matrix } from '@outsider/linalg';
import { describe, expect, it } from 'vitest';
import { activeShare, activeShares } from './active-share.ts';
import type { FitInput } from './detector.ts';

/** Shares ¼, ½, ¾. */
const [quarter, half, most] = [
  [1, 0, -1, 0],
  [2, 3, -1, 0],
  [1, 1, 1, -5],
];

function inputOf(irrelevant?: readonly number[]): FitInput {
  const layer = (rows: readonly (readonly number[])[]): { byLayer: { relevant_layer: Matrix } } => ({
    byLayer: { relevant_layer: fromRows(rows) },
  });
  return {
    inDistribution: layer([half, half, quarter, most]),
    labels: Int32Array.of(0, 0, 1, 1),
    classes: 2,
    seed: 0,
    supervised: irrelevant && {
      activations: layer([half, half, irrelevant, irrelevant]),
      irrelevant: Uint8Array.of(0, 0, 1, 1),
      groups: ['', '', 'food', 'food'],
    },
  };
}

function scoresOf(input: FitInput, direction?: string): number[] {
  const model = activeShare.fit(input, activeShare.parseOptions({ direction }));
  // In units of √2, in which these scores are whole numbers.
  const scores = activeShare.score(model, { byLayer: { relevant_layer: fromRows([quarter, half, most]) } });
  return Array.from(scores, (score) => Math.round((score / Math.SQRT2) * 1e9) / 1e9 + 0);
}

describe('active share', () => {
  it('counts activations above zero', () => {
    expect(Array.from(activeShares(fromRows([quarter, half, most, [0, 0, 0, 0]])))).toEqual([0.25, 0.5, 0.75, 0]);
  });

  it('takes the side of the irrelevant images it is shown', () => {
    expect(scoresOf(inputOf(most))).toEqual([-1, 0, 1]);
    expect(scoresOf(inputOf(quarter))).toEqual([1, 0, -1]);
  });

  it('looks to both sides when there are no irrelevant images, or they are no different', () => {
    expect(scoresOf(inputOf())).toEqual([1, 0, 1]);
    expect(scoresOf(inputOf(half))).toEqual([1, 0, 1]);
  });

  it('can be told which side', () => {
    expect(scoresOf(inputOf(most), 'lower')).toEqual([1, 0, -1]);
  });
});
