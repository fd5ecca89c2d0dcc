import { describe, expect, it } from 'vitest';
import { secondsLeft } from './seconds-left.ts';

describe('secondsLeft', () => {
  it('goes on at the pace so far', () => {
    expect(secondsLeft(0.25, 60)).toBe(180);
    expect(secondsLeft(0.5, 60)).toBe(60);
    expect(secondsLeft(1, 60)).toBe(0);
  });

  it('says nothing too early', () => {
    expect(secondsLeft(0, 60)).toBeNull();
    expect(secondsLeft(0.01, 60)).toBeNull();
    expect(secondsLeft(0.5, 1)).toBeNull();
    expect(secondsLeft(Number.NaN, 60)).toBeNull();
  });
});
