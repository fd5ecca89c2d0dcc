/** The value and slope of a function along a search direction. */
export interface SlopedValue {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

export interface WolfeOptions {
  /** Share of the promised decrease that must come true. */
  readonly sufficientDecrease: number;
  /** Share of the first slope that may be left. */
  readonly curvature: number;
  readonly maxEvaluations: number;
}

const largestStep = 1e10;

/**
 * A step that satisfies the strong Wolfe conditions, by Moré and Thuente's safeguarded cubic and secant steps.
 *
 * @param at value and slope at a step along the direction
 * @param start step 0, with a negative slope
 * @param firstStep where to look first, > 0
 * @returns the best step known when the evaluations run out; undefined when none decreases the value
 * @see Moré and Thuente 1994, Line search algorithms with guaranteed sufficient decrease, doi:10.1145/192115.192132
 */
export function wolfeLineSearch(
  at: (step: number) => SlopedValue,
  start: SlopedValue,
  firstStep: number,
  { sufficientDecrease, curvature, maxEvaluations }: WolfeOptions,
): SlopedValue | undefined {
  const promised = sufficientDecrease * start.slope;
  // Near the optimum values differ by less than their rounding, so that much is forgiven and the slope decides.
  const rounding = 2 * Number.EPSILON * Math.abs(start.value);
  const line = (step: number): number => start.value + promised * step + rounding;

  /** Ends of the interval of uncertainty: `best` has the lowest value so far. */
  let best = start;
  let other = start;
  let bracketed = false;
  let knownDecrease = false;
  let width = largestStep;
  let widthBefore = 2 * largestStep;
  let step = firstStep;

  for (let evaluation = 0; evaluation < maxEvaluations; evaluation++) {
    const point = at(step);
    if (!Number.isFinite(point.value) || !Number.isFinite(point.slope)) {
      // Beyond the domain: step back towards what is known to be inside.
      step = (best.step + step) / 2;
      continue;
    }
    if (point.value <= line(step) && Math.abs(point.slope) <= -curvature * start.slope) return point;
    if (point.value <= line(step) && point.slope >= Math.min(sufficientDecrease, curvature) * start.slope)
      knownDecrease = true;

    const low = bracketed ? Math.min(best.step, other.step) : point.step + 1.1 * (point.step - best.step);
    const high = bracketed ? Math.max(best.step, other.step) : point.step + 4 * (point.step - best.step);
    const bounds = { low: evaluation === 0 ? 0 : low, high: evaluation === 0 ? 5 * step : Math.min(high, largestStep) };
    // Until a step is known to decrease enough, the function less its promised slope is the one to minimise.
    const tilt = !knownDecrease && point.value <= best.value && point.value > line(step) ? promised : 0;
    const next = nextTrial(tilted(best, tilt), tilted(other, tilt), tilted(point, tilt), bracketed, bounds);
    bracketed = next.bracketed;
    if (tilted(point, tilt).value > tilted(best, tilt).value) {
      other = point;
    } else {
      if ((point.slope - tilt) * Math.sign(best.slope - tilt) < 0) other = best;
      best = point;
    }

    step = next.step;
    if (bracketed) {
      const span = Math.abs(other.step - best.step);
      // Two steps must shrink the interval by a third, or it is halved.
      if (span >= 0.66 * widthBefore) step = best.step + (other.step - best.step) / 2;
      widthBefore = width;
      width = span;
      if (span <= Number.EPSILON * Math.max(best.step, other.step)) break;
    }
    step = Math.min(step, largestStep);
  }
  return best.step > 0 && best.value <= line(best.step) ? best : undefined;
}

function tilted({ step, value, slope }: SlopedValue, tilt: number): SlopedValue {
  return { step, value: value - tilt * step, slope: slope - tilt };
}

/** The next step to try, from the models through the ends of the interval and the point tried last; section 4. */
function nextTrial(
  best: SlopedValue,
  other: SlopedValue,
  point: SlopedValue,
  bracketed: boolean,
  bounds: { low: number; high: number },
): { step: number; bracketed: boolean } {
  const ahead = point.step > best.step;
  if (point.value > best.value) {
    const cubic = cubicStep(best, point, false);
    const quadratic =
      best.step +
      (best.slope / ((best.value - point.value) / (point.step - best.step) + best.slope) / 2) *
        (point.step - best.step);
    const nearer = Math.abs(cubic - best.step) < Math.abs(quadratic - best.step);
    return { step: nearer ? cubic : cubic + (quadratic - cubic) / 2, bracketed: true };
  }

  const secant = point.step + (point.slope / (point.slope - best.slope)) * (best.step - point.step);
  if (point.slope * Math.sign(best.slope) < 0) {
    const cubic = cubicStep(point, best, false);
    const farther = Math.abs(cubic - point.step) > Math.abs(secant - point.step);
    return { step: farther ? cubic : secant, bracketed: true };
  }

  if (Math.abs(point.slope) < Math.abs(best.slope)) {
    // The cubic may have no minimum beyond the point: then it tends to minus infinity in the direction of the step.
    const minimum = cubicStep(point, best, true);
    const cubic = Number.isFinite(minimum) ? minimum : ahead ? bounds.high : bounds.low;
    const cubicIsNearer = Math.abs(cubic - point.step) < Math.abs(secant - point.step);
    if (!bracketed) {
      const step = cubicIsNearer ? secant : cubic;
      return { step: Math.max(bounds.low, Math.min(bounds.high, step)), bracketed };
    }
    const step = cubicIsNearer ? cubic : secant;
    const limit = point.step + 0.66 * (other.step - point.step);
    return { step: ahead ? Math.min(limit, step) : Math.max(limit, step), bracketed };
  }

  if (bracketed) return { step: cubicStep(point, other, false), bracketed };
  return { step: ahead ? bounds.high : bounds.low, bracketed };
}

/**
 * The minimum of the cubic with the values and slopes of `from` and `to`. With `beyond` set, Infinity when the cubic
 * has no minimum on the side of `from` away from `to`.
 */
function cubicStep(from: SlopedValue, to: SlopedValue, beyond: boolean): number {
  const theta = (3 * (from.value - to.value)) / (to.step - from.step) + from.slope + to.slope;
  const scale = Math.max(Math.abs(theta), Math.abs(from.slope), Math.abs(to.slope));
  const discriminant = (theta / scale) ** 2 - (from.slope / scale) * (to.slope / scale);
  const gamma = Math.sign(to.step - from.step) * scale * Math.sqrt(Math.max(0, discriminant));
  const share = (gamma - from.slope + theta) / (gamma - from.slope + gamma + to.slope);
  if (beyond && !(share < 0 && gamma !== 0)) return Infinity;
  return from.step + share * (to.step - from.step);
}
