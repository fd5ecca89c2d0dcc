import { describe, expect, it } from 'vitest';
import { tiny } from '../architectures/tiny.ts';
import { randomWeights } from '../weights/random-weights.ts';
import { initialHead, mergeTrained, readTrainedHead, toTrainableHead } from './trainable-head.ts';

const weights = randomWeights(tiny.graph, 1);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe('a head with one logit', () => {
  it('has the probability of the two logits it came from and is read back as', () => {
    const head = initialHead(64, 5, 2, 3);
    const one = toTrainableHead(tiny.graph, weights, 64, head, 'sigmoid');
    expect(one.weights.get('logits/kernel')!.shape).toEqual([5, 1]);
    const back = readTrainedHead(one.weights, 'sigmoid');
    const z = [0.3, -1, 2, 0.5, -0.2];
    const logits = ({ kernel, bias }: typeof head.outputLayer) =>
      [...bias].map((b, c) => z.reduce((sum, value, i) => sum + value * kernel[i * bias.length + c], b));
    const [a, b] = logits(head.outputLayer);
    const [l] = logits({ kernel: one.weights.get('logits/kernel')!.data, bias: one.weights.get('logits/bias')!.data });
    const [low, high] = logits(back.outputLayer);
    expect(sigmoid(l)).toBeCloseTo(sigmoid(b - a), 6);
    expect(high - low).toBeCloseTo(l, 6);
    expect(high).toBeCloseTo(-low, 6);
  });

  it('is left alone for a softmax', () => {
    const head = initialHead(64, 5, 3, 3);
    expect(readTrainedHead(toTrainableHead(tiny.graph, weights, 64, head, 'softmax').weights, 'softmax')).toEqual(head);
  });
});

describe('initialHead', () => {
  it('draws uniformly within the limit of Glorot and Bengio, fixed by the seed', () => {
    const { relevantLayer } = initialHead(300, 200, 2, 1);
    const limit = Math.sqrt(6 / 500);
    expect(Math.max(...relevantLayer.kernel)).toBeLessThanOrEqual(limit);
    const meanSquare = relevantLayer.kernel.reduce((sum, w) => sum + w ** 2 / relevantLayer.kernel.length, 0);
    expect(Math.sqrt(meanSquare) / (limit / Math.sqrt(3))).toBeCloseTo(1, 2);
    expect(initialHead(300, 200, 2, 1)).toEqual(initialHead(300, 200, 2, 1));
  });
});

describe('mergeTrained', () => {
  it('takes what was trained, and nothing that is not the backbone’s', () => {
    const trained = new Map([
      ['conv2_1_bn/beta', { shape: [32], data: new Float32Array(32).fill(7) }],
      ['logits/bias', { shape: [2], data: new Float32Array(2) }],
    ]);
    const merged = mergeTrained(weights, trained);
    expect([...merged.keys()]).toEqual([...weights.keys()]);
    expect(merged.get('conv2_1_bn/beta')!.data[0]).toBe(7);
    expect(merged.get('conv1_conv/kernel')).toBe(weights.get('conv1_conv/kernel'));
  });
});
