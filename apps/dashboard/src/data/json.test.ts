import { describe, expect, it } from 'vitest';
import {
  readChoice,
  readEvaluation,
  readFitResult,
  readOperatingPoint,
  readPlan,
  readPolicy,
  worstGroup,
} from './json.ts';

describe('readEvaluation', () => {
  const figures = { photos: 9, auroc: 0.9, missRateAtFalseAlarm5: 0.1, missRateAtFalseAlarm1: 0.2, seen: true };

  it('keeps the figures of each group, and finds the worst one by name', () => {
    const groups = readEvaluation({
      groups: [
        { group: '', ...figures, auroc: 0.5 },
        { group: 'food', ...figures },
        { group: 'cats', ...figures, auroc: 0.7 },
      ],
      chosen: 'Its worst group is the best.',
    });
    expect(groups[1]).toEqual({ group: 'food', ...figures });
    expect(worstGroup(groups)).toEqual({ group: 'cats', auroc: 0.7 });
  });

  it('shows a figure as missing, rather than none at all, when it cannot be read', () => {
    expect(readEvaluation({ groups: [{ group: 'food', auroc: 'high' }] })).toEqual([
      { group: 'food', photos: 0, auroc: null, missRateAtFalseAlarm5: null, missRateAtFalseAlarm1: null, seen: false },
    ]);
    expect(readEvaluation(null)).toEqual([]);
    expect(worstGroup([])).toBeNull();
  });
});

it('reads why a detector was chosen, and which could not be fitted', () => {
  expect(readChoice({ chosen: 'Because.' })).toBe('Because.');
  expect(readChoice({ chosen: null })).toBeNull();
  const refusal = { method: 'mlp', reason: 'it learns from irrelevant photos' };
  expect(readFitResult({ notFitted: [refusal], withoutThreshold: 'none' })).toEqual({
    notFitted: [refusal],
    withoutThreshold: [],
  });
  expect(readFitResult(null)).toEqual({ notFitted: [], withoutThreshold: [] });
});

it('reads plans and policies, with defaults for what an older version did not store', () => {
  expect(readPlan({})).toEqual({ methods: [], falseAlarmRate: 0.05, confidence: 0.95, promote: false });
  expect(readPolicy({ kind: 'manual', value: 2, abstainShare: 0 })).toMatchObject({ kind: 'manual', value: 2 });
});

it('reads rates with their intervals', () => {
  const rate = { events: 1, photos: 20, value: 0.05, low: 0.001, high: 0.25 };
  expect(readOperatingPoint({ falseAlarm: rate, miss: null, byClass: [{ name: 'a', rate }] })).toEqual({
    falseAlarm: rate,
    miss: null,
    abstained: null,
    abstainedIrrelevant: null,
    byClass: [{ name: 'a', rate }],
    byGroup: [],
  });
});
