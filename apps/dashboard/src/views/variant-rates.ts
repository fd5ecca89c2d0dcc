import type { RateView, VariantView } from '../data/json.ts';
import { variantNames } from './words.ts';

/** The wanted variants as rows of a rate table. */
export function variantRates(
  figures: readonly VariantView[],
  wanted: (variant: string) => boolean,
): { name: string; rate: RateView }[] {
  return figures
    .filter(({ variant }) => wanted(variant))
    .map(({ variant, photos, calledNovel, low, high }) => ({
      name: variantNames[variant] ?? variant,
      rate: { events: Math.round(calledNovel * photos), photos, value: calledNovel, low, high },
    }));
}
