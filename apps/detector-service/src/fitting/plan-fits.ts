import { detectors, getDetector } from '@outsider/detectors';
import type { Layer } from '@outsider/domain';
import { InvalidArgumentError } from '@outsider/domain';

/** A method as a caller names it. */
export interface RequestedMethod {
  readonly name: string;
  /** Absent means the method's defaults. */
  readonly options?: unknown;
}

/** A method that will be fitted, its options checked and complete. */
export interface PlannedFit {
  readonly method: string;
  readonly options: unknown;
}

/** A method that will not be fitted, or could not be, and why: one sentence. */
export interface NotFitted {
  readonly method: string;
  readonly reason: string;
}

/** What there is to fit on. */
export interface Supply {
  /** Photos of the split `fit`. */
  readonly irrelevantToLearnFrom: number;
  readonly inDistributionToLearnFrom: number;
  readonly layers: readonly Layer[];
  readonly hasOutputLayer: boolean;
}

/**
 * The methods asked for, checked; none asked for means the whole catalogue.
 *
 * @throws {NotFoundError | InvalidArgumentError} for an unknown method, a bad hyperparameter, or the same method twice
 */
export function checkMethods(requested: readonly RequestedMethod[]): PlannedFit[] {
  const named = requested.length > 0 ? requested : detectors.map(({ name }) => ({ name, options: undefined }));
  const seen = new Set<string>();
  return named.map(({ name, options }) => {
    const detector = getDetector(name);
    if (seen.has(name)) throw new InvalidArgumentError(`method "${name}" is named twice: name each method once`);
    seen.add(name);
    return { method: name, options: detector.parseOptions(options) };
  });
}

/** Parts what can be fitted from what cannot, with the reason for each of the latter. */
export function planFits(
  methods: readonly PlannedFit[],
  supply: Supply,
): { fits: PlannedFit[]; notFitted: NotFitted[] } {
  const fits: PlannedFit[] = [];
  const notFitted: NotFitted[] = [];
  for (const planned of methods) {
    const reason = obstacle(planned, supply);
    if (reason) notFitted.push({ method: planned.method, reason });
    else fits.push(planned);
  }
  return { fits, notFitted };
}

function obstacle({ method, options }: PlannedFit, supply: Supply): string | undefined {
  const detector = getDetector(method);
  if (detector.supervised && supply.irrelevantToLearnFrom === 0) {
    return 'it learns from irrelevant photos, and the snapshot has none to fit on';
  }
  if (detector.supervised && supply.inDistributionToLearnFrom === 0) {
    return 'it learns from held-out in-distribution photos, and the snapshot has none to fit on';
  }
  if (detector.needsOutputLayer(options) && !supply.hasOutputLayer) {
    return "it reads the backbone's output layer, and the version has none stored";
  }
  const missing = detector.layers(options).filter((layer) => !supply.layers.includes(layer));
  return missing.length > 0 ? `it reads ${missing.join(' and ')}, which the backbone version does not emit` : undefined;
}
