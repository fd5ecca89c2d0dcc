/** A run's life. States only move forward; the last three are final. */
export type RunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** Whose fault a failure is: the caller's input, our code, or the machine. */
export type FailureClass = 'input' | 'code' | 'infrastructure';

/** The steps of a run, in order. */
export type Stage =
  'prepare' | 'features' | 'train' | 'export' | 'verify' | 'register' | 'embed' | 'fit' | 'calibrate' | 'promote';

export const stages: readonly Stage[] = [
  'prepare',
  'features',
  'train',
  'export',
  'verify',
  'register',
  'embed',
  'fit',
  'calibrate',
  'promote',
];

export function isFinal(state: RunState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}
