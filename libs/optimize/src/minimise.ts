import { CancelledError, InvalidArgumentError } from '@outsider/domain';
import { addScaled, dot } from '@outsider/linalg';
import { wolfeLineSearch, type SlopedValue, type WolfeOptions } from './line-search.ts';

const wolfe: WolfeOptions = { sufficientDecrease: 1e-3, curvature: 0.9, maxEvaluations: 40 };

/** Writes the gradient at `x` into `gradient` and returns the value. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** Done when the largest absolute component of the gradient is at most this; 1e-8 by default. */
  readonly gradientTolerance?: number;
  /** Done when a step lowers the value by no more than this times max(1, |value|); 0 by default. */
  readonly valueTolerance?: number;
  /** Replaces the test of the gradient: asked at the start and after every step. */
  readonly isDone?: (iterate: Iterate) => boolean;
  readonly maxIterations?: number;
  /** Pairs of steps and gradient changes kept. */
  readonly memory?: number;
  /** Polled before every iteration. */
  readonly isCancelled?: () => boolean;
}

/** Where an optimisation stands. The arrays are not changed later. */
export interface Iterate {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly iteration: number;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  /** Largest absolute component of the gradient at `x`. */
  readonly gradientNorm: number;
  readonly iteration: number;
  readonly evaluations: number;
  /** Why it stopped. */
  readonly reason: 'gradient' | 'value' | 'iterations';
}

/**
 * A local minimum of a smooth function by L-BFGS with a strong-Wolfe line search. Deterministic.
 *
 * @param start shape [n]; not changed
 * @throws {InvalidArgumentError} when the value at `start` is not finite
 * @throws {CancelledError}
 * @see Liu and Nocedal 1989, On the limited memory BFGS method, doi:10.1007/BF01589116
 */
export function minimise(objective: Objective, start: Float64Array, options: MinimiseOptions = {}): Minimum {
  const { gradientTolerance = 1e-8, valueTolerance = 0, maxIterations = 1000, memory = 10 } = options;
  const isDone = options.isDone ?? (({ gradient }: Iterate) => largest(gradient) <= gradientTolerance);
  const gradient = new Float64Array(start.length);
  const value = objective(start, gradient);
  if (!Number.isFinite(value))
    throw new InvalidArgumentError(`objective: expected a finite value at the start, got ${value}`);

  let now: Iterate = { x: Float64Array.from(start), value, gradient, iteration: 0 };
  let evaluations = 1;
  const history: Curvature[] = [];
  const finish = (reason: Minimum['reason']): Minimum => ({
    ...now,
    gradientNorm: largest(now.gradient),
    evaluations,
    reason,
  });

  for (;;) {
    if (isDone(now)) return finish('gradient');
    if (now.iteration === maxIterations) return finish('iterations');
    if (options.isCancelled?.()) throw new CancelledError('the optimisation');

    let direction = descentDirection(now.gradient, history);
    if (!(dot(direction, now.gradient) < 0)) {
      history.length = 0;
      direction = descentDirection(now.gradient, history);
    }
    const found = searchAlong(direction, now, history.length === 0);
    if (!found) {
      // The search along stale curvature failed; steepest descent gets one more try before giving up.
      if (history.length === 0) return finish('value');
      history.length = 0;
      continue;
    }
    remember(history, memory, now, found);
    const decrease = now.value - found.value;
    now = found;
    if (decrease <= valueTolerance * Math.max(1, Math.abs(now.value)))
      return finish(isDone(now) ? 'gradient' : 'value');
  }

  function searchAlong(direction: Float64Array, from: Iterate, isSteepest: boolean): Iterate | undefined {
    const slope = dot(direction, from.gradient);
    let trial = { step: 0, ...from };
    function at(step: number): SlopedValue {
      trial = {
        step,
        x: Float64Array.from(from.x),
        gradient: new Float64Array(from.x.length),
        value: 0,
        iteration: from.iteration + 1,
      };
      addScaled(trial.x, step, direction);
      trial.value = objective(trial.x, trial.gradient);
      evaluations++;
      return { step, value: trial.value, slope: dot(direction, trial.gradient) };
    }
    // Steepest descent knows no scale: its first step has unit length.
    const firstStep = isSteepest ? 1 / Math.sqrt(-slope) : 1;
    const found = wolfeLineSearch(at, { step: 0, value: from.value, slope }, firstStep, wolfe);
    if (!found) return undefined;
    // The step found need not be the one tried last.
    if (trial.step !== found.step) at(found.step);
    return trial;
  }
}

interface Curvature {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** 1 / ⟨step, change⟩ */
  readonly weight: number;
}

/** −H · gradient, with H the inverse Hessian that the history implies: the two-loop recursion. */
function descentDirection(gradient: Float64Array, history: readonly Curvature[]): Float64Array {
  const direction = gradient.map((component) => -component);
  const coefficients = new Float64Array(history.length);
  for (let i = history.length - 1; i >= 0; i--) {
    coefficients[i] = history[i].weight * dot(history[i].step, direction);
    addScaled(direction, -coefficients[i], history[i].change);
  }
  const last = history.at(-1);
  if (last) {
    const scale = 1 / (last.weight * dot(last.change, last.change));
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  for (let i = 0; i < history.length; i++) {
    const correction = history[i].weight * dot(history[i].change, direction);
    addScaled(direction, coefficients[i] - correction, history[i].step);
  }
  return direction;
}

function remember(history: Curvature[], memory: number, from: Iterate, to: Iterate): void {
  const step = to.x.map((value, i) => value - from.x[i]);
  const change = to.gradient.map((value, i) => value - from.gradient[i]);
  const product = dot(step, change);
  // Pairs without positive curvature would make H indefinite.
  if (!(product > Number.EPSILON * Math.abs(dot(step, from.gradient)))) return;
  history.push({ step, change, weight: 1 / product });
  if (history.length > memory) history.shift();
}

function largest(values: Float64Array): number {
  let result = 0;
  for (const value of values) result = Math.max(result, Math.abs(value));
  return result;
}
