import { selectRows } from '@outsider/linalg';
import type { Activations } from './detector.ts';

/** The same rows of every layer, copied, in that order. */
export function selectActivations({ byLayer }: Activations, rows: ArrayLike<number>): Activations {
  return { byLayer: Object.fromEntries(Object.entries(byLayer).map(([layer, x]) => [layer, selectRows(x, rows)])) };
}
