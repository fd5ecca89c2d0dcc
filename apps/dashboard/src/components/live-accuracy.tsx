'use client';

import { formatPercent } from '../views/format.ts';
import { useLiveRun } from './live-run-provider.tsx';

/** The newest validation accuracy of a run that has no final one. */
export function LiveAccuracy() {
  const { series } = useLiveRun();
  return formatPercent(series['validation.accuracy']?.values.at(-1));
}
