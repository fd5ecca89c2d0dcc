import { InvalidArgumentError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { detectors, getDetector } from './catalogue.ts';

describe('getDetector', () => {
  it('finds every detector by its name, each under one of its own', () => {
    for (const detector of detectors) expect(getDetector(detector.name)).toBe(detector);
    expect(new Set(detectors.map(({ name }) => name)).size).toBe(detectors.length);
  });

  it('lists the known names when asked for another', () => {
    expect(() => getDetector('isolation-forest')).toThrow(InvalidArgumentError);
    expect(() => getDetector('isolation-forest')).toThrow(/unknown detector "isolation-forest"; there are msp, .*knn/);
  });
});
