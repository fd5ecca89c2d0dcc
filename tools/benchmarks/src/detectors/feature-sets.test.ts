import { describe, expect, it } from 'vitest';
import { makeFeatureSets } from './feature-sets.ts';
import { runPeers } from './run-peers.ts';

describe('makeFeatureSets', () => {
  const sets = makeFeatureSets(undefined, [20, 50]);

  it('makes the sizes asked for, of both classes, not below zero', () => {
    expect([...sets.banks.keys()]).toEqual([20, 50]);
    for (const [n, { x, labels }] of sets.banks) {
      expect([x.rows, x.cols, labels.length]).toEqual([n, 2048, n]);
      expect(new Set(labels)).toEqual(new Set([0, 1]));
    }
    expect(sets.tutorial.x.rows).toBe(365);
    expect(sets.tutorial.irrelevant.filter((flag) => flag === 1).length).toBeGreaterThan(80);
    expect(sets.batch.rows).toBe(200);
    expect(sets.batch.data.every((value) => value >= 0)).toBe(true);
  });

  it('says why there are no peers where there is no Python', () => {
    const said: string[] = [];
    expect(runPeers('no-such-python', sets, (line) => said.push(line))).toBeUndefined();
    expect(said).toEqual([expect.stringContaining('no peers')]);
  });
});
