export { createAdam, type AdamOptions } from './adam.ts';
export { wolfeLineSearch, type SlopedValue, type WolfeOptions } from './line-search.ts';
export { minimise, type Iterate, type MinimiseOptions, type Minimum, type Objective } from './minimise.ts';
