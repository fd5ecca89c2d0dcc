import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodeSafetensors, openArtifactStore, type ArtifactStore } from '@outsider/artifacts';
import { InvalidArgumentError } from '@outsider/domain';
import { getPreset } from '@outsider/images';
import { openSession } from '@outsider/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adoptClassifier, type AdoptOptions } from '../src/classifier/adopt-classifier.ts';
import { inspectClassifier } from '../src/classifier/inspect-classifier.ts';

// Classifiers of several exporters, and what ONNX Runtime's Python package computed with them: tools/oracles/classifiers.py.
const fixtures = path.join(import.meta.dirname, '../../../libs/onnx-import/fixtures');
const oracle = JSON.parse(readFileSync(path.join(fixtures, 'activations.json'), 'utf8')) as {
  images: string;
  models: Record<string, Record<string, string>>;
};
const images = toFloats(oracle.images);
const stated = { preprocessing: getPreset('unit'), sizeFromGraph: true };

let artifacts: ArtifactStore;
beforeAll(async () => {
  artifacts = await openArtifactStore(await mkdtemp(path.join(tmpdir(), 'outsider-classifiers-')));
});
afterAll(() => rm(artifacts.folder, { recursive: true, force: true }));

function toFloats(base64: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer);
}

function load(name: string): Buffer {
  return readFileSync(path.join(fixtures, `${name}.onnx`));
}

function adopt(name: string, options: Partial<AdoptOptions> = {}) {
  return adoptClassifier(load(name), { layer: '', classes: ['a', 'b', 'c'], stated, ...options }, artifacts);
}

/** Largest difference, relative to the largest number. */
function difference(actual: Float32Array | undefined, expected: Float32Array): number {
  expect(actual).toHaveLength(expected.length);
  const size = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - (actual?.[i] ?? NaN)))) / size;
}

describe('an adopted classifier computes what ONNX Runtime does with the file as it came', () => {
  it.each([
    ['gemm', { relevant_layer: 'hidden', pooled: 'pool', logits: 'scores' }, {}],
    ['gemm', { relevant_layer: 'fc1_out', pooled: 'pool', logits: 'scores' }, { layer: 'fc1_out' }],
    ['gemm', { relevant_layer: 'pool', pooled: 'pool', logits: 'scores' }, { layer: 'pool' }],
    ['half', { relevant_layer: 'hidden', pooled: 'pool', logits: 'scores' }, {}],
    ['softmax', { relevant_layer: 'relevant_layer', pooled: 'pooled', logits: 'dense' }, {}],
    ['fixed-batch', { relevant_layer: 'hidden', logits: 'scores' }, {}],
    ['attention', { relevant_layer: 'pool', pooled: 'pool', logits: 'scores' }, {}],
  ])('%s, %o', async (name, layers, options) => {
    const adopted = await adopt(name, options);
    expect(adopted.exportDifference).toBeLessThanOrEqual(1e-5);
    const session = await openSession(await artifacts.getBytes(adopted.onnxArtifact));
    const activations = await session.run(images, 3);
    await session.close();
    expect(Object.keys(activations).sort()).toEqual(Object.keys(layers).sort());
    for (const [layer, value] of Object.entries(layers)) {
      const expected = toFloats(oracle.models[name][value]);
      // In half precision, ONNX Runtime's two packages round in different places.
      const tolerance = name === 'half' ? 2e-3 : 1e-5;
      expect(difference(activations[layer as 'logits'], expected)).toBeLessThanOrEqual(tolerance);
    }
  });

  it('a sigmoid becomes two logits, 0 and its own, so that their softmax is the same', async () => {
    const adopted = await adopt('keras-sigmoid', { classes: ['cat', 'dog'] });
    const session = await openSession(await artifacts.getBytes(adopted.onnxArtifact));
    const { relevant_layer: features, logits } = await session.run(images, 3);
    await session.close();
    const { flat, dense } = oracle.models['keras-sigmoid'];
    expect(difference(features, toFloats(flat))).toBeLessThanOrEqual(1e-5);
    const twice = Float32Array.from([...toFloats(dense)].flatMap((z) => [0, z]));
    expect(difference(logits, twice)).toBeLessThanOrEqual(1e-5);
  });
});

describe('the output layer of an adopted classifier', () => {
  it.each([
    ['gemm', 10, 3],
    ['softmax', 6, 3],
    ['attention', 12, 3],
    ['keras-sigmoid', 12, 2],
  ])('%s: gives the logits of the relevant layer', async (name, width, classes) => {
    const adopted = await adopt(name, { classes: ['a', 'b', 'c'].slice(0, classes) });
    const { tensors } = decodeSafetensors(await artifacts.getBytes(adopted.headArtifact));
    const weights = tensors['output_layer.weight'];
    const bias = tensors['output_layer.bias'];
    expect([weights.shape, bias.shape]).toEqual([[width, classes], [classes]]);
    const session = await openSession(await artifacts.getBytes(adopted.onnxArtifact));
    const { relevant_layer: x = new Float32Array(), logits = new Float32Array() } = await session.run(images, 3);
    await session.close();
    const computed = Float32Array.from(logits, (_, i) => {
      const terms = Array.from({ length: width }, (_unused, j) => {
        return x[Math.floor(i / classes) * width + j] * Number(weights.data[j * classes + (i % classes)]);
      });
      return terms.reduce((sum, term) => sum + term, Number(bias.data[i % classes]));
    });
    expect(difference(computed, logits)).toBeLessThan(1e-5);
  });

  it('is not stored where another layer was named, and that is said', async () => {
    const adopted = await adopt('gemm', { layer: 'fc1_out' });
    expect(decodeSafetensors(await artifacts.getBytes(adopted.headArtifact)).tensors).toEqual({});
    expect(adopted.notes).toEqual([expect.stringContaining('does not read the relevant layer')]);
    expect((await adopt('fixed-batch')).notes).toEqual([expect.stringContaining('no global pooling')]);
    expect((await adopt('gemm')).notes).toEqual([]);
  });
});

describe('a classifier that cannot serve is refused', () => {
  it.each([
    ['a layer that is not there', 'gemm', { layer: 'fc9' }, /no layer "fc9" .*"flat" \(12 numbers\).*"hidden" \(10/],
    ['a layer that is no vector', 'gemm', { layer: 'features' }, /"features" has the shape \[1, 12, 4, 4\].*"hidden"/],
    ['no vector at all', 'class-maps', {}, /no layer is named.*no layer of one vector/],
    ['wrong class names', 'gemm', { classes: ['a', 'b'] }, /classes: expected 3 names, one for each logit, got 2/],
    ['a batch that is fixed for good', 'stuck-batch', { layer: 'mean' }, /takes only one image at a time/],
    ['answers that depend on neighbours', 'batch-statistics', {}, /depends on the other images of its batch/],
    ['weights in a second file', 'external', {}, /second file.*external_data=False/],
    [
      'another size than the graph fixes',
      'gemm',
      { stated: { ...stated, sizeFromGraph: false } },
      /takes images of 16 × 16 pixels, the preprocessing makes 224 × 224/,
    ],
  ])('%s', async (_, name, options, sentence) => {
    const attempt = adopt(name, options);
    await expect(attempt).rejects.toThrow(InvalidArgumentError);
    await expect(attempt).rejects.toThrow(sentence);
  });

  it('bytes that are no model', async () => {
    for (const bytes of [Buffer.from('not a model'), load('gemm').subarray(0, 900), Buffer.alloc(0)]) {
      await expect(inspectClassifier(bytes, undefined)).rejects.toThrow(InvalidArgumentError);
    }
  });
});

describe('a look at a classifier', () => {
  it('lists the layers that could be the relevant one', async () => {
    expect(await inspectClassifier(load('gemm'), undefined)).toEqual({
      size: [16, 16],
      channelsLast: false,
      logits: 3,
      candidates: [
        { name: 'flat', operator: 'Flatten', width: 12, feedsOutputLayer: false },
        { name: 'fc1_out', operator: 'Gemm', width: 10, feedsOutputLayer: false },
        { name: 'hidden', operator: 'Relu', width: 10, feedsOutputLayer: true },
      ],
    });
  });

  it('leaves out vectors of side branches, and the logits in another shape', async () => {
    const { candidates } = await inspectClassifier(load('attention'), [16, 16]);
    expect(candidates.map(({ name }) => name)).toEqual(['pool']);
    expect((await inspectClassifier(load('class-maps'), undefined)).candidates).toEqual([]);
  });

  it('sees channels last', async () => {
    expect(await inspectClassifier(load('keras-sigmoid'), undefined)).toMatchObject({ channelsLast: true, logits: 1 });
  });
});
