import { composeLayers } from '../graph/compose-layers.ts';
import { inKerasOrder } from '../graph/keras-order.ts';
import type { Padding } from '../graph/layer-graph.ts';
import type { Architecture } from './architecture.ts';
import { minusOneToOne } from './preprocessing.ts';

/**
 * InceptionV3 as Keras builds it. Most of its layers have no name of their own there: Keras numbers them in the order in
 * which they are made, and these are the names that a fresh session gives.
 *
 * @see Szegedy et al. 2015, https://arxiv.org/abs/1512.00567
 */
export const inceptionV3: Architecture = {
  name: 'inception_v3',
  preprocessing: minusOneToOne(299),
  graph: buildGraph(),
  features: 2048,
  relevantUnits: 2048,
  // The first convolutions of the blocks that end in mixed6 and in mixed9.
  firstTrainedLayer: { tutorial: 'conv2d_54', fineTune: 'conv2d_80' },
};

/** Filters and kernel [height, width] of a convolution; the last of a reducing branch has stride 2 and no padding. */
type Convolution = readonly [filters: number, height: number, width: number];

function buildGraph() {
  const net = composeInception();
  let x = net.conv(net.image, [32, 3, 3], 2, 'valid');
  x = net.conv(x, [32, 3, 3], 1, 'valid');
  x = net.conv(x, [64, 3, 3]);
  x = net.maxPool(x);
  x = net.conv(x, [80, 1, 1], 1, 'valid');
  x = net.conv(x, [192, 3, 3], 1, 'valid');
  x = net.maxPool(x);
  [32, 64, 64].forEach((pooled, i) => (x = blockOf5x5(net, `mixed${i}`, x, pooled)));
  x = net.concat('mixed3', [
    net.reduce(x, [[384, 3, 3]]),
    net.reduce(x, [
      [64, 1, 1],
      [96, 3, 3],
      [96, 3, 3],
    ]),
    net.maxPool(x),
  ]);
  [128, 160, 160, 192].forEach((filters, i) => (x = blockOf7x7(net, `mixed${4 + i}`, x, filters)));
  x = net.concat('mixed8', [
    net.reduce(x, [
      [192, 1, 1],
      [320, 3, 3],
    ]),
    net.reduce(x, [
      [192, 1, 1],
      [192, 1, 7],
      [192, 7, 1],
      [192, 3, 3],
    ]),
    net.maxPool(x),
  ]);
  for (const i of [0, 1]) x = blockThatForks(net, `mixed${9 + i}`, `mixed9_${i}`, x);
  return inKerasOrder(net.build(x));
}

function blockOf5x5(net: InceptionComposer, name: string, x: string, pooled: number): string {
  return net.concat(name, [
    net.conv(x, [64, 1, 1]),
    net.chain(x, [
      [48, 1, 1],
      [64, 5, 5],
    ]),
    net.chain(x, [
      [64, 1, 1],
      [96, 3, 3],
      [96, 3, 3],
    ]),
    net.conv(net.averagePool(x), [pooled, 1, 1]),
  ]);
}

function blockOf7x7(net: InceptionComposer, name: string, x: string, filters: number): string {
  return net.concat(name, [
    net.conv(x, [192, 1, 1]),
    net.chain(x, [
      [filters, 1, 1],
      [filters, 1, 7],
      [192, 7, 1],
    ]),
    net.chain(x, [
      [filters, 1, 1],
      [filters, 7, 1],
      [filters, 1, 7],
      [filters, 7, 1],
      [192, 1, 7],
    ]),
    net.conv(net.averagePool(x), [192, 1, 1]),
  ]);
}

function blockThatForks(net: InceptionComposer, name: string, forkName: string, x: string): string {
  const pointwise = net.conv(x, [320, 1, 1]);
  const single = net.conv(x, [384, 1, 1]);
  const fork = net.concat(forkName, [net.conv(single, [384, 1, 3]), net.conv(single, [384, 3, 1])]);
  const double = net.chain(x, [
    [448, 1, 1],
    [384, 3, 3],
  ]);
  const doubleFork = net.concat(undefined, [net.conv(double, [384, 1, 3]), net.conv(double, [384, 3, 1])]);
  return net.concat(name, [pointwise, fork, doubleFork, net.conv(net.averagePool(x), [192, 1, 1])]);
}

type InceptionComposer = ReturnType<typeof composeInception>;

/** Numbers nameless layers as Keras does: `conv2d`, `conv2d_1`, … */
function composeInception() {
  const net = composeLayers([299, 299, 3]);
  const made = new Map<string, number>();
  function nextName(kind: string): string {
    const number = made.get(kind) ?? 0;
    made.set(kind, number + 1);
    return number === 0 ? kind : `${kind}_${number}`;
  }
  const composer = {
    image: net.image,
    conv(input: string, [filters, height, width]: Convolution, stride: 1 | 2 = 1, padding: Padding = 'same'): string {
      let x = net.conv(nextName('conv2d'), input, filters, [height, width], { stride, padding, bias: false });
      x = net.batchNorm(nextName('batch_normalization'), x, 1e-3, false);
      return net.activation(nextName('activation'), x, 'relu');
    },
    chain: (input: string, convolutions: readonly Convolution[]): string =>
      convolutions.reduce((x, convolution) => composer.conv(x, convolution), input),
    reduce(input: string, convolutions: readonly Convolution[]): string {
      const x = composer.chain(input, convolutions.slice(0, -1));
      return composer.conv(x, convolutions[convolutions.length - 1], 2, 'valid');
    },
    maxPool: (input: string): string =>
      net.add(nextName('max_pooling2d'), [input], {
        kind: 'max-pool',
        size: [3, 3],
        stride: [2, 2],
        padding: 'valid',
      }),
    averagePool: (input: string): string =>
      net.add(nextName('average_pooling2d'), [input], {
        kind: 'average-pool',
        size: [3, 3],
        stride: [1, 1],
        padding: 'same',
      }),
    concat: (name: string | undefined, inputs: readonly string[]): string =>
      net.add(name ?? nextName('concatenate'), inputs, { kind: 'concat' }),
    build: (last: string) =>
      net.build({
        pooled: net.add(nextName('global_average_pooling2d'), [last], { kind: 'global-average-pool' }),
      }),
  };
  return composer;
}
