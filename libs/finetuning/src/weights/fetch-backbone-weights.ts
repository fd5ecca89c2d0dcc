import { CorruptDataError, UnavailableError } from '@outsider/domain';
import type { Architecture } from '../architectures/architecture.ts';
import type { FetchOptions } from './fetch-pinned-file.ts';
import { ownKerasFile, weightSourcesOf, type WeightSource } from './weight-sources.ts';
import { selectWeights, type Weights } from './weights.ts';

export interface FetchWeightsOptions extends FetchOptions {
  /** A Keras `.h5` file to read instead of any known source. */
  readonly weightsFile?: string;
  /** Told which source could not be reached, and why, before the next one is tried. */
  readonly onNote?: (note: string) => void;
  /** In place of the known ones. */
  readonly sources?: readonly WeightSource[];
}

export interface FetchedWeights {
  /** The architecture as it was asked for, with the preprocessing that these weights expect. */
  readonly architecture: Architecture;
  readonly weights: Weights;
  /** Origin, training data and licence of these weights: the description of the source that had them. */
  readonly source: string;
}

/**
 * The pretrained weights of a backbone from the first of its sources that can be reached, checked against the pinned
 * digest and the architecture. A source that holds something wrong is an error, never a reason to take another.
 *
 * @throws {UnavailableError} when none can be reached; says which file to put where
 * @throws {CorruptDataError} when a source holds something else than these weights
 * @throws {InvalidArgumentError} when `weightsFile` cannot be read
 * @throws {CancelledError} when `signal` fires
 */
export async function fetchBackboneWeights(
  architecture: Architecture,
  options: FetchWeightsOptions,
): Promise<FetchedWeights> {
  const { weightsFile, onNote } = options;
  const sources = weightsFile ? [await ownKerasFile(weightsFile)] : (options.sources ?? weightSourcesOf(architecture));
  const failures: UnavailableError[] = [];
  for (const source of sources) {
    try {
      const weights = await source.load(architecture, options);
      if (!weights) continue;
      const { description, preprocessing = architecture.preprocessing } = source;
      return {
        architecture: { ...architecture, preprocessing },
        weights: check(architecture, weights, source),
        source: description,
      };
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      failures.push(error);
      onNote?.(error.message);
    }
  }
  if (failures.length === 1) throw failures[0];
  throw new UnavailableError(
    `no weights for ${architecture.name}: ${failures.map(({ message }) => message).join('; ')}`,
    { reason: 'WEIGHTS_UNREACHABLE', architecture: architecture.name },
    { cause: failures[0] },
  );
}

function check({ graph, name }: Architecture, weights: Weights, { description }: WeightSource): Weights {
  try {
    return selectWeights(graph, weights);
  } catch (error) {
    throw new CorruptDataError(
      `${description}: these are not weights of ${name}: ${(error as Error).message}`,
      {},
      { cause: error },
    );
  }
}
