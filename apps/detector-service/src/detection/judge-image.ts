import type { Detection } from '@outsider/contracts';
import { Verdict, type DetectRequest, type Embedding } from '@outsider/contracts';
import {
  InvalidArgumentError,
  UnavailableError,
  verdictOf,
  type Layer,
  type Verdict as DomainVerdict,
} from '@outsider/domain';
import type { BackboneVersion } from '@outsider/database';
import { pValue } from '@outsider/detectors';
import type { Context } from '../context.ts';
import { ownTokenRefused } from '../embedding/own-token-refused.ts';
import { readEmbedding } from '../embedding/read-embedding.ts';
import { classify } from './classify.ts';
import type { Judge } from './find-judge.ts';
import { toRows } from './load-scorer.ts';
import type { FeatureLayer } from './neighbour-bank.ts';

/** What limits a call made on someone's behalf. */
export interface CallLimits {
  readonly signal: AbortSignal;
  readonly deadline: Date | undefined;
}

const maxImageBytes = 32 * 2 ** 20;
const maxNearest = 20;

const verdicts: Record<DomainVerdict, Verdict> = {
  'in-distribution': Verdict.VERDICT_IN_DISTRIBUTION,
  novel: Verdict.VERDICT_NOVEL,
  abstain: Verdict.VERDICT_ABSTAIN,
};

/**
 * The verdict on one image or embedding, and everything it rests on.
 *
 * @throws {InvalidArgumentError} for an image that cannot be read or an embedding that lacks what the detector reads
 * @throws {BackboneMismatchError} for an embedding of another backbone version
 */
export async function judgeImage(
  context: Context,
  { detector, threshold }: Judge,
  request: DetectRequest,
  limits: CallLimits,
): Promise<Detection> {
  const startedAt = performance.now();
  const { nearest: count } = request;
  if (count < 0 || count > maxNearest) {
    throw new InvalidArgumentError(`nearest: expected 0 to ${maxNearest}, got ${count}`, { field: 'nearest' });
  }
  const version = await context.models.version(detector.backboneVersion);
  const neighbourLayer = detector.layers.find((layer): layer is FeatureLayer => layer !== 'logits') ?? 'relevant_layer';
  const needed: Layer[] = [...new Set<Layer>([...detector.layers, ...(count > 0 ? [neighbourLayer] : [])])];

  const embedding = await embeddingOf(context, request, version, [...new Set<Layer>([...needed, 'logits'])], limits);
  const activations = readEmbedding(embedding, sourceOf(version));
  for (const layer of needed) {
    if (!activations[layer]) {
      throw new InvalidArgumentError(`the embedding lacks the layer ${layer}, which is needed here`, {
        field: 'embedding',
      });
    }
  }

  const [scorer, calibrationScores] = await Promise.all([
    context.models.scorer(detector),
    context.models.calibrationScores(detector),
  ]);
  const scoringAt = performance.now();
  const [score] = await scorer.score(toRows(activations), limits.signal);
  const scoreMs = performance.now() - scoringAt;
  const bank = count > 0 ? await context.models.neighbours(detector, neighbourLayer) : undefined;
  const nearest = (await bank?.nearest(activations[neighbourLayer] as Float32Array, count, limits.signal)) ?? [];
  const { label, probability } = classify(activations.logits ?? [], version.classes);

  const {
    decodeMs = 0,
    queueMs = 0,
    inferenceMs = 0,
  } = request.input?.$case === 'image' ? (embedding.timings ?? {}) : {};
  const verdict = verdictOf(score, threshold);
  context.metrics.judged(detector.method, verdict, scoreMs);
  return {
    verdict: verdicts[verdict],
    score,
    // Without calibration photos nothing speaks against an image: the formula's own limit.
    pValue: calibrationScores.length > 0 ? pValue(score, calibrationScores) : 1,
    threshold: threshold.value,
    detectorId: detector.id,
    method: detector.method,
    backboneVersion: detector.backboneVersion,
    predictedClass: label,
    classProbability: probability,
    nearest,
    timings: { decodeMs, queueMs, inferenceMs, scoreMs, totalMs: performance.now() - startedAt },
  };
}

export function sourceOf({ digest, preprocessingDigest, layers }: BackboneVersion) {
  return { backboneVersion: digest, preprocessingDigest, layers };
}

async function embeddingOf(
  { embedding: client }: Context,
  { input }: DetectRequest,
  version: BackboneVersion,
  layers: Layer[],
  limits: CallLimits,
): Promise<Embedding> {
  if (!input)
    throw new InvalidArgumentError('input: expected an image or an embedding, got neither', { field: 'input' });
  if (input.$case === 'embedding') return input.value;
  const { length } = input.value;
  if (length === 0)
    throw new InvalidArgumentError('image: expected an encoded image, got no bytes', { field: 'image' });
  if (length > maxImageBytes) {
    throw new InvalidArgumentError(`image: at most 32 MiB are accepted, got ${(length / 2 ** 20).toFixed(1)} MiB`, {
      field: 'image',
    });
  }
  try {
    const { embedding } = await client.embed({ image: input.value, backboneVersion: version.digest, layers }, limits);
    if (!embedding) throw new UnavailableError('the embedding service answered without an embedding');
    return embedding;
  } catch (error) {
    throw ownTokenRefused(error);
  }
}
