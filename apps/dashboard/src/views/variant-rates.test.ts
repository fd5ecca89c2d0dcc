import { expect, it } from 'vitest';
import { variantRates } from './variant-rates.ts';

it('shows the wanted variants under their names on screen, as counts and rates', () => {
  const figures = [
    { variant: 'blur', photos: 16, calledNovel: 0.25, low: 0.07, high: 0.52 },
    { variant: 'noise', photos: 16, calledNovel: 1, low: 0.79, high: 1 },
    { variant: 'fog', photos: 3, calledNovel: 0, low: 0, high: 0.71 },
  ];
  expect(variantRates(figures, (variant) => variant !== 'noise')).toEqual([
    { name: 'blurred', rate: { events: 4, photos: 16, value: 0.25, low: 0.07, high: 0.52 } },
    { name: 'fog', rate: { events: 0, photos: 3, value: 0, low: 0, high: 0.71 } },
  ]);
});
