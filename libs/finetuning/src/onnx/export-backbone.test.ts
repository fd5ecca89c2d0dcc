import { CorruptDataError, InvalidArgumentError, ShapeError } from '@outsider/domain';
import onnxProto from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { getArchitecture } from '../architectures/architecture.ts';
import { randomWeights } from '../weights/random-weights.ts';
import { exportBackbone } from './export-backbone.ts';

const tiny = getArchitecture('tiny');
const weights = randomWeights(tiny.graph, 1);
const head = {
  relevantLayer: { kernel: new Float32Array(64 * 8), bias: new Float32Array(8) },
  outputLayer: { kernel: new Float32Array(8 * 2), bias: new Float32Array(2) },
};

function decode(bytes: Uint8Array) {
  const model = onnxProto.onnx.ModelProto.decode(bytes);
  const describeValue = ({ name, type }: onnxProto.onnx.IValueInfoProto) => [
    name,
    type!.tensorType!.shape!.dim!.map((dim) => dim.dimParam || Number(dim.dimValue)),
  ];
  return {
    operators: model.graph!.node!.map(({ opType }) => opType),
    inputs: model.graph!.input!.map(describeValue),
    outputs: model.graph!.output!.map(describeValue),
    metadata: Object.fromEntries(model.metadataProps!.map(({ key, value }) => [key, value])),
  };
}

describe('exportBackbone', () => {
  it('writes a backbone alone: any number of images in, pooled features out, no batch norm left', () => {
    const { operators, inputs, outputs, metadata } = decode(exportBackbone(tiny, weights));
    expect(inputs).toEqual([['images', ['n', 32, 32, 3]]]);
    expect(outputs).toEqual([['pooled', ['n', 64]]]);
    expect(operators).not.toContain('BatchNormalization');
    expect(operators.filter((operator) => operator === 'Conv')).toHaveLength(4);
    expect(metadata['outsider.classes']).toBe('[]');
  });

  it('adds the outputs of a head and says how to use the file', () => {
    const preprocessingDigest = 'a'.repeat(64);
    const { outputs, metadata } = decode(
      exportBackbone(tiny, weights, { head, classes: ['cats', 'dogs'], preprocessingDigest }),
    );
    expect(outputs).toEqual([
      ['pooled', ['n', 64]],
      ['relevant_layer', ['n', 8]],
      ['logits', ['n', 2]],
    ]);
    expect(metadata['outsider.architecture']).toBe('tiny');
    expect(JSON.parse(metadata['outsider.classes']!)).toEqual(['cats', 'dogs']);
    expect(JSON.parse(metadata['outsider.preprocessing']!)).toEqual(tiny.preprocessing);
    expect(metadata['outsider.preprocessing_digest']).toBe(preprocessingDigest);
    expect(JSON.parse(metadata['outsider.layers']!)).toEqual({
      pooled: { layer: 'avg_pool', width: 64 },
      relevant_layer: { layer: 'relevant_layer', width: 8 },
      logits: { layer: 'logits', width: 2 },
    });
  });

  it('writes the same bytes for the same network: they name its version', () => {
    expect(exportBackbone(tiny, randomWeights(tiny.graph, 1))).toEqual(exportBackbone(tiny, weights));
  });

  it('refuses a head that does not fit, wrong class names and damaged weights', () => {
    expect(() => exportBackbone(tiny, weights, { head, classes: ['cats'] })).toThrow(InvalidArgumentError);
    const narrow = { ...head, relevantLayer: { kernel: new Float32Array(8), bias: new Float32Array(8) } };
    expect(() => exportBackbone(tiny, weights, { head: narrow, classes: ['cats', 'dogs'] })).toThrow(ShapeError);
    const damaged = new Map(weights).set('conv2_1_bn/beta', { shape: [32], data: new Float32Array(32).fill(NaN) });
    expect(() => exportBackbone(tiny, damaged)).toThrow(CorruptDataError);
  });
});
