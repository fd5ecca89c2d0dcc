import { ShapeError } from '@outsider/domain';
import { beforeAll, describe, expect, it } from 'vitest';
import { getArchitecture } from '../architectures/architecture.ts';
import { seededRandom } from '../seeded-random.ts';
import { selectBackend } from '../select-backend.ts';
import { randomWeights } from '../weights/random-weights.ts';
import type { Weights } from '../weights/weights.ts';
import { composeLayers } from './compose-layers.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';
import type { LayerGraph } from './layer-graph.ts';
import { loadNetwork } from './run-graph.ts';

const random = seededRandom(3);
const draw = (length: number) => Float32Array.from({ length }, () => random.normal());

/** One pixel after another, straight from the definition: the window's first row is at y·stride − top. */
function naiveConv(
  image: Float32Array,
  [h, w, c]: number[],
  kernel: Float32Array,
  size: number,
  filters: number,
  stride: number,
  pad: number,
  side: number,
) {
  const out = new Float32Array(side * side * filters);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let f = 0; f < filters; f++) {
        let sum = 0;
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++) {
            const [row, col] = [y * stride - pad + i, x * stride - pad + j];
            if (row < 0 || col < 0 || row >= h || col >= w) continue;
            for (let k = 0; k < c; k++)
              sum += image[(row * w + col) * c + k] * kernel[((i * size + j) * c + k) * filters + f];
          }
        out[(y * side + x) * filters + f] = sum;
      }
  return out;
}

function expectClose(actual: Float32Array, expected: Float32Array, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  expect(scale).toBeGreaterThan(0);
  expect(Math.max(...expected.map((value, i) => Math.abs(value - actual[i])))).toBeLessThan(tolerance * scale);
}

function run(graph: LayerGraph, weights: Weights, images: Float32Array, count = 1) {
  const network = loadNetwork(graph, weights);
  const outputs = network.predict(images, count);
  network.dispose();
  return outputs;
}

beforeAll(() => selectBackend({ force: 'wasm' }));

describe('loadNetwork', () => {
  it('convolves with same padding and stride as the definition says', () => {
    const net = composeLayers([8, 8, 3]);
    net.conv('c', net.image, 5, 3, { stride: 2, padding: 'same', bias: false });
    const [image, kernel] = [draw(8 * 8 * 3), draw(3 * 3 * 3 * 5)];
    const { out } = run(net.build({ out: 'c' }), new Map([['c/kernel', { shape: [3, 3, 3, 5], data: kernel }]]), image);
    expectClose(out, naiveConv(image, [8, 8, 3], kernel, 3, 5, 2, 0, 4));
  });

  it('normalises with the moving statistics', () => {
    const net = composeLayers([1, 1, 2]);
    net.batchNorm('n', net.image, 0.5);
    const weight = (...data: number[]) => ({ shape: [2], data: Float32Array.from(data) });
    const weights = new Map([
      ['n/gamma', weight(2, 3)],
      ['n/beta', weight(1, -1)],
      ['n/moving_mean', weight(0.5, 4)],
      ['n/moving_variance', weight(1.5, 0.5)],
    ]);
    const { out } = run(net.build({ out: 'n' }), weights, Float32Array.of(3, 7));
    expectClose(out, Float32Array.of(1 + (2 * 2.5) / Math.SQRT2, -1 + 3 * 3));
  });

  it('pools, joins, flattens and counts only existing pixels in averages', () => {
    const net = composeLayers([3, 3, 1]);
    const image = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const window = { size: [2, 2], stride: [2, 2], padding: 'same' } as const;
    const max = net.add('max', [net.image], { kind: 'max-pool', ...window });
    const mean = net.add('mean', [net.image], { kind: 'average-pool', ...window });
    const both = net.add('both', [max, mean], { kind: 'concat' });
    net.add('flat', [both], { kind: 'flatten' });
    net.add('pooled', [both], { kind: 'global-average-pool' });
    const { flat, pooled } = run(net.build({ flat: 'flat', pooled: 'pooled' }), new Map(), image);
    expectClose(flat, Float32Array.of(5, 3, 6, 4.5, 8, 7.5, 9, 9));
    expectClose(pooled, Float32Array.of(7, 6));
  });

  it('applies elu, relu6 and a depthwise convolution', () => {
    const net = composeLayers([1, 1, 2]);
    const scaled = net.add('d', [net.image], {
      kind: 'depthwise-conv',
      size: [1, 1],
      stride: [1, 1],
      padding: 'same',
      bias: true,
      activation: 'linear',
    });
    net.activation('elu', scaled, 'elu');
    net.activation('relu6', scaled, 'relu6');
    const weights = new Map([
      ['d/depthwise_kernel', { shape: [1, 1, 2, 1], data: Float32Array.of(-1, 10) }],
      ['d/bias', { shape: [2], data: Float32Array.of(0, 1) }],
    ]);
    const { elu, relu6 } = run(net.build({ elu: 'elu', relu6: 'relu6' }), weights, Float32Array.of(2, 3));
    expectClose(elu, Float32Array.of(Math.exp(-2) - 1, 31));
    expectClose(relu6, Float32Array.of(0, 6));
  });

  it('gives an image the same result in a batch larger than its memory bound', () => {
    const { graph } = getArchitecture('tiny');
    const weights = randomWeights(graph, 2);
    const images = draw(11 * 32 * 32 * 3);
    const { pooled } = run(graph, weights, images, 11);
    expectClose(pooled.slice(10 * 64), run(graph, weights, images.subarray(10 * 32 * 32 * 3)).pooled);
  });

  it('refuses images of another size and weights of another shape', () => {
    const { graph } = getArchitecture('tiny');
    const weights = new Map(randomWeights(graph, 2));
    expect(() => run(graph, weights, new Float32Array(5))).toThrow(ShapeError);
    weights.set('conv1_conv/kernel', { shape: [3, 3, 16, 3], data: new Float32Array(432) });
    expect(() => loadNetwork(graph, weights)).toThrow(ShapeError);
    weights.delete('conv1_conv/kernel');
    expect(() => loadNetwork(graph, weights)).toThrow('lack "conv1_conv/kernel"');
  });
});

describe('foldBatchNorm', () => {
  it('leaves the results of the network as they were and no normalisation in it', () => {
    const { graph } = getArchitecture('tiny');
    const weights = randomWeights(graph, 5);
    const images = draw(2 * 32 * 32 * 3);
    const folded = foldBatchNorm(graph, weights);
    expect(folded.graph.layers.map(({ kind }) => kind)).not.toContain('batch-norm');
    expectClose(run(folded.graph, folded.weights, images, 2).pooled, run(graph, weights, images, 2).pooled);
  });

  it('keeps a convolution whose own sums are read elsewhere', () => {
    const net = composeLayers([2, 2, 1]);
    const sums = net.conv('c', net.image, 2, 1);
    net.activation('positive', net.batchNorm('n', sums, 1e-3), 'relu');
    const graph = net.build({ raw: 'c', normalised: 'positive' });
    const weights = randomWeights(graph, 4);
    const image = draw(4);
    const folded = foldBatchNorm(graph, weights);
    expect(folded.graph.layers.map(({ name }) => name)).toEqual(['c', 'n', 'positive']);
    expect(run(folded.graph, folded.weights, image)).toEqual(run(graph, weights, image));
  });
});
