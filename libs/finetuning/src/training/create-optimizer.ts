import { nativeSgd } from './native-sgd.ts';
import { adamW, sgd, type Optimizer, type Variables } from './optimizer.ts';
import { isNative } from './run-native.ts';

export interface OptimizerOptions {
  readonly optimizer: 'adamw' | 'sgd';
  /** Of SGD, Nesterov's. */
  readonly momentum: number;
  readonly weightDecay: number;
}

export function createOptimizer(variables: Variables, options: OptimizerOptions): Optimizer {
  if (options.optimizer === 'adamw') return adamW(variables, options);
  return isNative() && options.weightDecay === 0 ? nativeSgd(variables, options) : sgd(variables, options);
}
