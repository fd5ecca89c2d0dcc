import { readFileSync } from 'node:fs';
import { InvalidArgumentError, toBackboneMetadata, type Preprocessing } from '@outsider/domain';
import type onnxProto from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { chooseLayers } from './choose-layers.ts';
import { decodeModel, encodeModel, type OnnxModel } from './onnx-model.ts';
import { readClassifier } from './read-classifier.ts';
import { exposeValues, rewriteClassifier } from './rewrite-classifier.ts';

// What these files are: tools/oracles/classifiers.py. What they compute is compared in apps/training-service/tests.
function load(name: string): Uint8Array {
  return readFileSync(new URL(`../fixtures/${name}.onnx`, import.meta.url));
}

function changed(name: string, change: (model: OnnxModel) => void): Uint8Array {
  const model = decodeModel(load(name));
  change(model);
  return encodeModel(model);
}

const preprocessing: Preprocessing = {
  size: [16, 16],
  fit: 'stretch',
  interpolation: 'bilinear',
  channelOrder: 'rgb',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
const shapes = new Map([
  ['pooled', [1, 12]],
  ['s1', [1, 6]],
  ['relevant_layer', [1, 6]],
  ['dense', [1, 3]],
]);

function shapesOf(values: readonly onnxProto.onnx.IValueInfoProto[] | null | undefined) {
  return values?.map(({ name, type }) => [
    name,
    type?.tensorType?.shape?.dim?.map((dim) => dim.dimParam || Number(dim.dimValue)),
  ]);
}

describe('readClassifier', () => {
  it('takes the value before a softmax or sigmoid for the logits', () => {
    expect(readClassifier(load('gemm')).output).toEqual({ logits: 'scores', oneLogitForTwoClasses: false });
    expect(readClassifier(load('softmax')).output).toEqual({ logits: 'dense', oneLogitForTwoClasses: false });
    expect(readClassifier(load('keras-sigmoid')).output).toEqual({ logits: 'dense', oneLogitForTwoClasses: true });
  });

  it('finds the last linear layer, however it is written', () => {
    expect(readClassifier(load('gemm')).outputLayer?.input).toBe('hidden');
    expect(readClassifier(load('softmax')).outputLayer?.input).toBe('relevant_layer');
    expect(readClassifier(load('attention')).outputLayer?.input).toBe('pool');
    expect(readClassifier(load('class-maps')).outputLayer).toBeUndefined();
    const { parameters } = readClassifier(load('half')).outputLayer ?? {};
    expect([parameters?.weights.length, parameters?.bias.length]).toEqual([30, 3]);
  });

  it('passes by what is beside the way: the gates of an attention are no bottleneck', () => {
    expect(readClassifier(load('attention')).bottlenecks).toEqual(
      expect.arrayContaining(['features', 'gated', 'pool', 'maps']),
    );
    expect(readClassifier(load('attention')).bottlenecks).not.toContain('gates');
    expect(readClassifier(load('attention')).bottlenecks).not.toContain('squeezed');
  });

  it('sees how images go in', () => {
    const { input } = readClassifier(load('keras-sigmoid'));
    expect(input).toEqual({
      name: 'input_1',
      type: 'float32',
      layout: 'channels-last',
      batch: undefined,
      height: 16,
      width: 16,
    });
    expect(readClassifier(load('fixed-batch')).input).toMatchObject({ layout: 'channels-first', batch: 1 });
    expect(readClassifier(load('half')).input.type).toBe('float16');
  });

  it.each([
    [
      'two inputs',
      (model: OnnxModel) => model.graph?.input?.push({ name: 'mask' }),
      'expected a model with one input, the images; it has 2 (input, mask)',
    ],
    [
      'grey images',
      (model: OnnxModel) => void (model.graph!.input![0].type!.tensorType!.shape!.dim![1].dimValue = 1),
      'expected three channels (RGB)',
    ],
    [
      'bytes as pixels',
      (model: OnnxModel) => void (model.graph!.input![0].type!.tensorType!.elemType = 2),
      'expected floating-point numbers',
    ],
    ['a sequence', (model: OnnxModel) => model.graph!.input![0].type!.tensorType!.shape!.dim!.pop(), 'got [?, 3, 16]'],
    [
      'two answers',
      (model: OnnxModel) => model.graph?.output?.push({ name: 'hidden' }),
      '2 outputs depend on the images (scores, hidden)',
    ],
    [
      'functions of its own',
      (model: OnnxModel) => model.functions.push({ name: 'gelu' }),
      'onnx.inliner.inline_local_functions',
    ],
  ])('refuses %s', (_, change, sentence) => {
    const read = () => readClassifier(changed('gemm', change));
    expect(read).toThrow(InvalidArgumentError);
    expect(read).toThrow(sentence);
  });
});

describe('rewriteClassifier', () => {
  const classifier = readClassifier(load('softmax'));
  const chosen = chooseLayers(classifier, '', 3, shapes);
  const rewritten = rewriteClassifier(classifier, chosen, { preprocessing, classes: ['a', 'b', 'c'] });
  const model = decodeModel(rewritten);

  it('has the input and outputs of our own exports, though the file used the same names for others', () => {
    expect(shapesOf(model.graph?.input)).toEqual([['images', ['n', 16, 16, 3]]]);
    expect(shapesOf(model.graph?.output)).toEqual([
      ['relevant_layer', ['n', 6]],
      ['pooled', ['n', 12]],
      ['logits', ['n', 3]],
    ]);
    const names = model.graph?.node?.flatMap(({ output }) => output ?? []) ?? [];
    expect(new Set(names).size).toBe(names.length);
  });

  it('says what it is', () => {
    const properties = model.metadataProps.map(({ key, value }) => [key, value] as const);
    expect(toBackboneMetadata(Object.fromEntries(properties))).toEqual({
      architecture: 'onnx',
      preprocessing,
      classes: ['a', 'b', 'c'],
      layers: {
        relevant_layer: { layer: 'relevant_layer', width: 6 },
        pooled: { layer: 'pooled', width: 12 },
        logits: { layer: 'dense', width: 3 },
      },
    });
  });

  it('leaves out what no output needs, and leaves the original alone', () => {
    expect(model.graph?.node?.map(({ opType }) => opType)).not.toContain('Softmax');
    expect(encodeModel(classifier.model)).toEqual(encodeModel(decodeModel(load('softmax'))));
    expect(rewriteClassifier(classifier, chosen, { preprocessing, classes: ['a', 'b', 'c'] })).toEqual(rewritten);
  });

  it('keeps only what leads to the values that are looked at', () => {
    const looked = decodeModel(exposeValues(classifier, ['pooled'], [16, 16], { original: true }));
    expect(looked.graph?.initializer?.map(({ name }) => name).sort()).toEqual(['c1', 'c1_bias', 'c2', 'c2_bias']);
    expect(shapesOf(looked.graph?.input)).toEqual([['images', ['n', 3, 16, 16]]]);
  });
});

describe('chooseLayers', () => {
  const classifier = readClassifier(load('softmax'));

  it('refuses one number without a sigmoid, and a sigmoid over several', () => {
    const sigmoid = readClassifier(load('keras-sigmoid'));
    const withLogits = (count: number) => new Map(Object.entries({ flat: [1, 12], dense: [1, count] }));
    expect(chooseLayers(sigmoid, '', 2, withLogits(1)).logits.width).toBe(2);
    expect(() => chooseLayers(sigmoid, '', 5, withLogits(5))).toThrow('do not exclude each other');
    expect(() => chooseLayers(classifier, '', 2, new Map([...shapes, ['dense', [1, 1]]]))).toThrow('closing sigmoid');
  });

  it('refuses class maps as logits', () => {
    expect(() => chooseLayers(classifier, '', 3, new Map([...shapes, ['dense', [1, 3, 7, 7]]]))).toThrow(
      '[1, 3, 7, 7] for one image; expected one number a class',
    );
  });

  it('takes a pooling for global only when it leaves one position', () => {
    const gemm = readClassifier(load('gemm'));
    const withPool = (pool: number[], flat: number) =>
      new Map(Object.entries({ pool, flat: [1, flat], fc1_out: [1, 10], hidden: [1, 10], scores: [1, 3] }));
    expect(chooseLayers(gemm, '', 3, withPool([1, 12, 1, 1], 12)).pooled).toEqual({ name: 'flat', width: 12 });
    expect(chooseLayers(gemm, '', 3, withPool([1, 12, 7, 7], 588)).pooled).toBeUndefined();
  });
});
