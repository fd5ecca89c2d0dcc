import { InvalidArgumentError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { getArchitecture } from '../architectures/architecture.ts';
import { requiredWeights } from '../weights/weights.ts';
import { composeLayers } from './compose-layers.ts';
import { inferShapes, samePadding } from './infer-shapes.ts';

describe('inferShapes', () => {
  it('gives ResNet50 the shapes that Keras prints', () => {
    const shapes = inferShapes(getArchitecture('resnet50').graph);
    expect(shapes.get('conv1_conv')).toEqual([112, 112, 64]);
    expect(shapes.get('pool1_pool')).toEqual([56, 56, 64]);
    expect(shapes.get('conv2_block3_out')).toEqual([56, 56, 256]);
    expect(shapes.get('conv3_block4_out')).toEqual([28, 28, 512]);
    expect(shapes.get('conv4_block6_out')).toEqual([14, 14, 1024]);
    expect(shapes.get('conv5_block3_out')).toEqual([7, 7, 2048]);
    expect(shapes.get('avg_pool')).toEqual([2048]);
  });

  it('gives ResNet50 as many parameters as Keras counts', () => {
    const lengths = [...requiredWeights(getArchitecture('resnet50').graph).values()].map((shape) =>
      shape.reduce((a, b) => a * b, 1),
    );
    expect(lengths).toHaveLength(318);
    expect(lengths.reduce((a, b) => a + b, 0)).toBe(23_587_712);
  });

  it('refuses a graph whose layers do not fit together', () => {
    const net = composeLayers([8, 8, 3]);
    const x = net.conv('a', net.image, 4, 3);
    expect(() => inferShapes(net.build({ pooled: 'missing' }))).toThrow('layer "missing"');
    net.add('sum', [x, net.image], { kind: 'add' });
    expect(() => inferShapes(net.build({}))).toThrow(InvalidArgumentError);
    expect(() =>
      inferShapes({ inputShape: [8, 8, 3], outputs: {}, layers: [{ kind: 'flatten', name: 'f', inputs: ['later'] }] }),
    ).toThrow('later');
  });
});

describe('samePadding', () => {
  it.each([
    [224, 7, 2, [2, 3]],
    [7, 3, 2, [1, 1]],
    [8, 3, 2, [0, 1]],
    [5, 1, 2, [0, 0]],
    [6, 2, 4, [0, 0]],
  ] as const)(
    'pads %i pixels for a window of %i and stride %i as TensorFlow documents it',
    (length, size, stride, expected) => {
      expect(samePadding(length, size, stride)).toEqual(expected);
    },
  );
});
