import { UnavailableError } from '@outsider/domain';
import {
  appendHead,
  exportBackbone,
  fetchBackboneWeights,
  getArchitecture,
  loadNetwork,
  randomWeights,
  selectBackend,
  verifyExport,
  type Architecture,
  type FetchedWeights,
  type Head,
  type Weights,
} from '@outsider/finetuning';
import { kerasPreprocessing } from '@outsider/images';
import { openSession } from '@outsider/inference';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

/** Weights stay between runs: the first download is 87 MB. */
const cacheDir = process.env.OUTSIDER_CACHE_DIR ?? join(import.meta.dirname, '../../../.cache/weights');

/** Numbers in [−scale, scale) that look random and are the same everywhere. */
function scatter(length: number, scale: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => scale * (2 * ((Math.imul(i + 1, 2654435761) >>> 0) / 2 ** 32) - 1));
}

function randomHead(features: number, units: number, classes: number): Head {
  return {
    relevantLayer: { kernel: scatter(features * units, Math.sqrt(6 / features)), bias: scatter(units, 0.1) },
    outputLayer: { kernel: scatter(units * classes, Math.sqrt(6 / units)), bias: scatter(classes, 0.1) },
  };
}

/** Pictures of a smooth gradient with noise on it: neither flat nor pure noise. */
function drawImages({ preprocessing }: Architecture, count: number, contrast: number): Float32Array {
  const [height, width] = preprocessing.size;
  const noise = scatter(count * height * width * 3, 0.3 * contrast);
  return noise.map(
    (value, i) =>
      value + contrast * Math.sin((Math.floor(i / 3) % width) / 17 + Math.floor(i / (3 * width)) / 29 + (i % 3)),
  );
}

/** The same network on smaller images: no layer of it depends on their size. */
function shrink(architecture: Architecture, side: number): Architecture {
  const preprocessing = { ...architecture.preprocessing, size: [side, side] as const };
  return { ...architecture, preprocessing, graph: { ...architecture.graph, inputShape: [side, side, 3] } };
}

/** The network before it is folded, in TensorFlow.js, against the exported file in ONNX Runtime. */
async function compare(architecture: Architecture, weights: Weights, count: number, contrast: number, units: number) {
  const head = randomHead(architecture.features, units, 3);
  const images = drawImages(architecture, count, contrast);
  const whole = appendHead(architecture.graph, weights, architecture.features, head);
  const network = loadNetwork(whole.graph, whole.weights);
  const expected = network.predict(images, count);
  network.dispose();
  const session = await openSession(exportBackbone(architecture, weights, { head, classes: ['a', 'b', 'c'] }));
  const actual = await session.run(images, count);
  await session.close();
  return verifyExport(expected, actual as Record<string, Float32Array>, { count });
}

beforeAll(() => selectBackend());

describe('getArchitecture', () => {
  it.each(Object.entries(kerasPreprocessing))('prepares images for %s as Keras does', (name, preprocessing) => {
    expect(getArchitecture(name).preprocessing).toEqual(preprocessing);
  });
});

describe('an exported backbone', () => {
  it('computes what the trained network does', async () => {
    const architecture = getArchitecture('tiny');
    const { weights } = await fetchBackboneWeights(architecture, { cacheDir });
    const agreement = await compare(architecture, weights, 16, 1, 32);
    expect(agreement.map(({ output }) => output).sort()).toEqual(['logits', 'pooled', 'relevant_layer']);
    for (const { maxRelativeDifference } of agreement) expect(maxRelativeDifference).toBeLessThan(1e-5);
  });

  it.each([
    ['vgg16', 64],
    ['inception_v3', 139],
    ['mobilenet_v2', 96],
  ] as const)('computes what %s does on small images', { timeout: 120_000 }, async (name, side) => {
    const architecture = shrink(getArchitecture(name), side);
    const agreement = await compare(architecture, randomWeights(architecture.graph, 3), 2, 1, 32);
    expect(agreement.map(({ output }) => output).sort()).toEqual(['logits', 'pooled', 'relevant_layer']);
    for (const { maxRelativeDifference, sameArgMax } of agreement) {
      expect(maxRelativeDifference).toBeLessThan(1e-4);
      expect(sameArgMax).toBe(2);
    }
  });

  it('computes what the trained network does, with the real ResNet50', { timeout: 300_000 }, async ({ skip }) => {
    const architecture = getArchitecture('resnet50');
    const fetched = await fetchBackboneWeights(architecture, { cacheDir }).catch((error: unknown) => {
      if (error instanceof UnavailableError) return skip(`no weights: ${error.message}`);
      throw error;
    });
    const agreement = await compare(architecture, (fetched as FetchedWeights).weights, 2, 60, 2048);
    for (const { maxRelativeDifference, sameArgMax } of agreement) {
      expect(maxRelativeDifference).toBeLessThan(1e-4);
      expect(sameArgMax).toBe(2);
    }
  });
});
