import { FailedPreconditionError, InvalidArgumentError } from '@outsider/domain';

/** Row-major activations of `count` images, by output name. */
export type Outputs = Readonly<Record<string, Float32Array>>;

/** How far two implementations of one network are apart. */
export interface Agreement {
  readonly output: string;
  /** max |actual − expected| / max |expected|, over all images. */
  readonly maxRelativeDifference: number;
  /** Images whose largest element is at the same place in both. */
  readonly sameArgMax: number;
}

export interface VerifyOptions {
  readonly count: number;
  /** Largest relative difference allowed; 1e-3 by default. */
  readonly tolerance?: number;
}

/**
 * Checks that an exported network computes what the trained one does, on the same preprocessed images.
 *
 * Differences are relative to the largest magnitude of an output: elements near zero carry rounding errors of the large
 * ones. The arg-max must agree in `logits` alone, since nobody reads one from the other outputs; two logits closer to
 * each other than the tolerance may swap.
 *
 * @param expected what the trained network emits (TensorFlow.js)
 * @param actual what the exported file emits (ONNX Runtime), at least the same outputs
 * @returns one entry per output
 * @throws {FailedPreconditionError} when an output is missing, differs by more than the tolerance, or decides otherwise
 */
export function verifyExport(
  expected: Outputs,
  actual: Outputs,
  { count, tolerance = 1e-3 }: VerifyOptions,
): Agreement[] {
  if (count < 1) throw new InvalidArgumentError('an export is verified on at least one image, got none');
  return Object.entries(expected).map(([output, values]) => {
    const exported = actual[output];
    if (exported?.length !== values.length) {
      throw new FailedPreconditionError(
        `the exported network emits ${exported?.length ?? 0} numbers as "${output}", expected ${values.length}`,
        { reason: 'EXPORT_DISAGREES', output },
      );
    }
    const agreement = compare(output, values, exported, count, tolerance);
    // Not `> tolerance`, so that NaN fails too.
    if (!(agreement.maxRelativeDifference <= tolerance)) {
      throw new FailedPreconditionError(
        `the exported network differs from the trained one by ${agreement.maxRelativeDifference.toExponential(1)} in "${output}", allowed are ${tolerance}`,
        { reason: 'EXPORT_DISAGREES', output },
      );
    }
    if (output === 'logits' && agreement.sameArgMax < count) {
      throw new FailedPreconditionError(
        `the exported network sees another class than the trained one in ${count - agreement.sameArgMax} of ${count} images`,
        { reason: 'EXPORT_DISAGREES', output },
      );
    }
    return agreement;
  });
}

function compare(
  output: string,
  expected: Float32Array,
  actual: Float32Array,
  count: number,
  tolerance: number,
): Agreement {
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    // Math.max hands NaN on, so one NaN anywhere makes the result NaN.
    difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
  }
  const width = expected.length / count;
  let sameArgMax = 0;
  for (let i = 0; i < count; i++) {
    const row = expected.subarray(i * width, (i + 1) * width);
    const other = actual.subarray(i * width, (i + 1) * width);
    if (row[argMax(row)] - row[argMax(other)] <= tolerance * largest) sameArgMax++;
  }
  return { output, maxRelativeDifference: difference === 0 ? 0 : difference / largest, sameArgMax };
}

function argMax(values: Float32Array): number {
  return values.reduce((best, value, i) => (value > values[best] ? i : best), 0);
}
