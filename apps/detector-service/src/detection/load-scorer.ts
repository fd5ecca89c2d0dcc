import type { ArtifactStore } from '@outsider/artifacts';
import type { Detector as DetectorRecord } from '@outsider/database';
import { loadModel, type LoadedModel } from '@outsider/detectors';
import type { Layer } from '@outsider/domain';
import { CorruptDataError } from '@outsider/domain';
import type { Matrix } from '@outsider/linalg';
import { toShared, type ScoringPool } from './scoring-pool.ts';

export type ActivationRows = Readonly<Partial<Record<Layer, Matrix>>>;

/** A detector's model in memory, ready to score. */
export interface Scorer {
  /** Of memory held. */
  readonly bytes: number;
  /** Whether scores are made in another thread. */
  readonly threaded: boolean;
  /** Shape [n]; higher = more novel. */
  score(activations: ActivationRows, signal: AbortSignal): Promise<Float64Array>;
}

/**
 * What one image may keep the event loop busy for. Handing a task to a thread and back was measured at 0.2 to 0.6 ms, so
 * below a millisecond a thread would gain nothing; above, health checks and other calls would feel it.
 */
const maxInlineMs = 1;

/**
 * Loads a detector's model, verified by digest, checksum, format and backbone version, and measures how long it takes
 * over one image, to know where to score.
 *
 * @throws {CorruptDataError} when the stored model is damaged or another method's
 * @throws {FailedPreconditionError} when a newer release wrote it
 * @throws {BackboneMismatchError} when it was fitted on another backbone version
 */
export async function loadScorer(
  record: DetectorRecord,
  dimensions: ReadonlyMap<Layer, number>,
  { artifacts, pool }: { readonly artifacts: ArtifactStore; readonly pool: ScoringPool },
): Promise<Scorer> {
  const { modelArtifact, backboneVersion, method, layers } = record;
  const bytes = toShared(await artifacts.getBytes(modelArtifact));
  const loaded = loadModel(bytes, backboneVersion);
  if (loaded.header.detector !== method) {
    throw new CorruptDataError(
      `detector ${record.id} is a ${method}, but its model is one of ${loaded.header.detector}`,
    );
  }
  const threaded = millisecondsAnImage(loaded, layers, dimensions) > maxInlineMs;
  return {
    bytes: bytes.byteLength,
    threaded,
    score: threaded
      ? (byLayer, signal) => pool.score({ artifact: modelArtifact, bytes, backboneVersion, byLayer }, signal)
      : async (byLayer) => loaded.detector.score(loaded.model, { byLayer }),
  };
}

/** The fastest of a few tries: the first ones also pay for compiling. Ends early with a slow model. */
function millisecondsAnImage(
  { detector, model }: LoadedModel,
  layers: readonly Layer[],
  dimensions: ReadonlyMap<Layer, number>,
): number {
  const one = Object.fromEntries(
    layers.map((layer) => {
      const cols = dimensions.get(layer) ?? 0;
      return [layer, { rows: 1, cols, data: new Float32Array(cols).fill(0.5) }] as const;
    }),
  );
  let fastest = Infinity;
  const beganAt = performance.now();
  for (let i = 0; i < 20 && performance.now() - beganAt < 20 * maxInlineMs; i++) {
    const startedAt = performance.now();
    detector.score(model, { byLayer: one });
    fastest = Math.min(fastest, performance.now() - startedAt);
  }
  return fastest;
}

/** @returns dimension of each layer of a version */
export function dimensionsOf(
  layers: readonly { readonly layer: Layer; readonly dimension: number }[],
): Map<Layer, number> {
  return new Map(layers.map(({ layer, dimension }) => [layer, dimension]));
}

/** One image's activations as matrices of one row. */
export function toRows(activations: Readonly<Partial<Record<Layer, Float32Array>>>): ActivationRows {
  return Object.fromEntries(
    Object.entries(activations).map(([layer, data]) => [layer, { rows: 1, cols: data.length, data }]),
  );
}
