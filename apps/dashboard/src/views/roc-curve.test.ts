import { describe, expect, it } from 'vitest';
import { areaUnder, toRocCurve } from './roc-curve.ts';

/** Slow and obvious: the share of pairs that are in the right order, ties counting half. */
function pairwiseAuroc(relevant: number[], irrelevant: number[]): number {
  let wins = 0;
  for (const a of relevant) for (const b of irrelevant) wins += b > a ? 1 : b === a ? 0.5 : 0;
  return wins / (relevant.length * irrelevant.length);
}

function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

describe('toRocCurve', () => {
  it('has the area that counting pairs gives, ties included', () => {
    const random = pseudoRandom(7);
    const relevant = Array.from({ length: 60 }, () => Math.round(random() * 20));
    const irrelevant = Array.from({ length: 40 }, () => Math.round(random() * 20) + 5);
    expect(areaUnder(toRocCurve(relevant, irrelevant, 1e9))).toBeCloseTo(pairwiseAuroc(relevant, irrelevant), 12);
  });

  it('starts at no alarms, ends at all, and never falls', () => {
    const random = pseudoRandom(11);
    const curve = toRocCurve(Array.from({ length: 300 }, random), Array.from({ length: 300 }, random));
    expect(curve[0]).toEqual({ falseAlarm: 0, detection: 0 });
    expect(curve.at(-1)).toEqual({ falseAlarm: 1, detection: 1 });
    for (let i = 1; i < curve.length; i++) {
      expect(curve[i]!.falseAlarm).toBeGreaterThanOrEqual(curve[i - 1]!.falseAlarm);
      expect(curve[i]!.detection).toBeGreaterThanOrEqual(curve[i - 1]!.detection);
    }
  });

  it('is thinned without moving its area by more than a pixel', () => {
    const random = pseudoRandom(3);
    const relevant = Array.from({ length: 5000 }, random);
    const irrelevant = Array.from({ length: 5000 }, () => random() + 0.3);
    const thinned = toRocCurve(relevant, irrelevant, 64);
    expect(thinned.length).toBeLessThan(400);
    expect(Math.abs(areaUnder(thinned) - pairwiseAuroc(relevant.slice(0, 800), irrelevant.slice(0, 800)))).toBeLessThan(
      0.03,
    );
    expect(Math.abs(areaUnder(thinned) - areaUnder(toRocCurve(relevant, irrelevant, 1e9)))).toBeLessThan(1 / 64);
  });

  it('is a corner for perfect detectors and empty without photos', () => {
    expect(toRocCurve([0, 1], [2, 3])).toEqual([
      { falseAlarm: 0, detection: 0 },
      { falseAlarm: 0, detection: 1 },
      { falseAlarm: 1, detection: 1 },
    ]);
    expect(toRocCurve([], [1])).toEqual([]);
  });
});
