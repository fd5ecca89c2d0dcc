import type { ArtifactStore } from '@outsider/artifacts';
import { FailedPreconditionError, shortDigest, type Digest, type Preprocessing } from '@outsider/domain';
import type { BackboneVersion } from '@outsider/database';
import { preprocessingDigest } from '@outsider/images';
import { batchImages, startInferenceProcess, type Activations, type Batcher } from '@outsider/inference';
import type { Logger } from '@outsider/runtime';
import type { Config } from '../config.ts';

/** A backbone version that is warm and answers. */
export interface LoadedVersion {
  readonly digest: Digest;
  readonly preprocessing: Preprocessing;
  readonly preprocessingDigest: Digest;
  readonly batcher: Batcher<Float32Array, Activations>;
  /** Of its process. */
  readonly pid: number | undefined;
  /** Finishes what is queued, then ends the process. */
  close(): Promise<void>;
}

export interface LoadVersionContext {
  readonly config: Pick<Config, 'threads' | 'maxBatch' | 'maxDelayMs' | 'maxQueue'>;
  readonly artifacts: ArtifactStore;
  readonly logger: Logger;
}

/**
 * Starts a process for a version and computes batches of every size once, so that no caller pays for the first.
 *
 * @throws {FailedPreconditionError} when this build prepares images otherwise than the version was trained with
 * @throws {NotFoundError | CorruptDataError} when its ONNX file is missing or damaged
 */
export async function loadVersion(version: BackboneVersion, context: LoadVersionContext): Promise<LoadedVersion> {
  const { config, artifacts, logger } = context;
  const { digest, preprocessing } = version;
  const actual = preprocessingDigest(preprocessing);
  if (actual !== version.preprocessingDigest) {
    throw new FailedPreconditionError(
      `backbone version ${shortDigest(digest)} was trained on images prepared as ${shortDigest(version.preprocessingDigest)}, ` +
        `but this build prepares them as ${shortDigest(actual)}; retrain it`,
      { reason: 'PREPROCESSING_MISMATCH', expected: version.preprocessingDigest, actual },
    );
  }
  const file = await artifacts.pathOf(version.onnxArtifact);
  const startedAt = performance.now();
  const process = await startInferenceProcess(file, {
    threads: config.threads,
    onRestart: (reason) => logger.error({ version: digest, reason }, 'an inference process is started anew'),
  });
  try {
    for (
      let count = 1;
      count <= config.maxBatch;
      count = count < config.maxBatch ? Math.min(count * 2, config.maxBatch) : Infinity
    ) {
      await process.run(new Float32Array(count * process.imageLength), count);
    }
  } catch (error) {
    await process.close();
    throw error;
  }
  logger.info({ version: digest, seconds: (performance.now() - startedAt) / 1000 }, 'loaded and warm');

  // Admission bounds how many images are under way; the batcher's own limit only has to be no lower.
  const maxQueued = config.maxQueue + 4 * config.maxBatch;
  const batcher = batchImages(process, { maxBatch: config.maxBatch, maxDelayMs: config.maxDelayMs, maxQueued });
  return {
    digest,
    preprocessing,
    preprocessingDigest: actual,
    batcher,
    get pid() {
      return process.pid;
    },
    async close() {
      await batcher.close();
      await process.close();
    },
  };
}
