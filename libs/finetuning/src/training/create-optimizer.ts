import { adamW, sgd, type Optimizer, type Variables } from './optimizer.ts';

export interface OptimizerOptions {
  readonly optimizer: 'adamw' | 'sgd';
  /** Of SGD, Nesterov's. */
  readonly momentum: number;
  readonly weightDecay: number;
}

export function createOptimizer(variables: Variables, options: OptimizerOptions): Optimizer {
  return options.optimizer === 'adamw' ? adamW(variables, options) : sgd(variables, options);
}
