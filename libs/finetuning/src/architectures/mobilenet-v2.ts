import { composeLayers, type LayerComposer } from '../graph/compose-layers.ts';
import { inKerasOrder } from '../graph/keras-order.ts';
import type { Architecture } from './architecture.ts';
import { minusOneToOne } from './preprocessing.ts';

const epsilon = 1e-3;

/** Groups of blocks of one width; the first block of a group has its stride. */
const groups = [
  { filters: 24, stride: 2, blocks: 2 },
  { filters: 32, stride: 2, blocks: 3 },
  { filters: 64, stride: 2, blocks: 4 },
  { filters: 96, stride: 1, blocks: 3 },
  { filters: 160, stride: 2, blocks: 3 },
  { filters: 320, stride: 1, blocks: 1 },
];

/**
 * MobileNetV2 of width 1.0 as Keras builds it, with its layer names.
 *
 * @see Sandler et al. 2018, https://arxiv.org/abs/1801.04381
 */
export const mobilenetV2: Architecture = {
  name: 'mobilenet_v2',
  preprocessing: minusOneToOne(224),
  graph: buildGraph(),
  features: 1280,
  relevantUnits: 2048,
  firstTrainedLayer: { tutorial: 'block_11_expand', fineTune: 'block_15_expand' },
};

function buildGraph() {
  const net = composeLayers([224, 224, 3]);
  let x = net.conv('Conv1', net.image, 32, 3, { stride: 2, padding: 'same', bias: false });
  x = net.batchNorm('bn_Conv1', x, epsilon);
  x = net.activation('Conv1_relu', x, 'relu6');
  x = depthwise(net, 'expanded_conv', x, 1);
  x = project(net, 'expanded_conv', x, 16);
  let channels = 16;
  let index = 1;
  for (const { filters, stride, blocks } of groups) {
    for (let i = 0; i < blocks; i++) {
      x = block(net, `block_${index}`, x, channels, filters, i === 0 ? stride : 1);
      channels = filters;
      index += 1;
    }
  }
  x = net.conv('Conv_1', x, 1280, 1, { bias: false });
  x = net.batchNorm('Conv_1_bn', x, epsilon);
  x = net.activation('out_relu', x, 'relu6');
  return inKerasOrder(net.build({ pooled: net.add('global_average_pooling2d', [x], { kind: 'global-average-pool' }) }));
}

/** Widens six times, filters each channel alone, narrows again; adds its input where the shapes allow it. */
function block(
  net: LayerComposer,
  name: string,
  input: string,
  channels: number,
  filters: number,
  stride: number,
): string {
  let x = net.conv(`${name}_expand`, input, 6 * channels, 1, { padding: 'same', bias: false });
  x = net.batchNorm(`${name}_expand_BN`, x, epsilon);
  x = net.activation(`${name}_expand_relu`, x, 'relu6');
  x = depthwise(net, name, x, stride);
  x = project(net, name, x, filters);
  return stride === 1 && channels === filters ? net.add(`${name}_add`, [input, x], { kind: 'add' }) : x;
}

function depthwise(net: LayerComposer, name: string, input: string, stride: number): string {
  let x = input;
  if (stride === 2) {
    // Keras pads by hand for even sides, which all are that are multiples of 32.
    x = net.add(`${name}_pad`, [x], {
      kind: 'zero-pad',
      padding: [
        [0, 1],
        [0, 1],
      ],
    });
  }
  x = net.add(`${name}_depthwise`, [x], {
    kind: 'depthwise-conv',
    size: [3, 3],
    stride: [stride, stride],
    padding: stride === 1 ? 'same' : 'valid',
    bias: false,
    activation: 'linear',
  });
  x = net.batchNorm(`${name}_depthwise_BN`, x, epsilon);
  return net.activation(`${name}_depthwise_relu`, x, 'relu6');
}

function project(net: LayerComposer, name: string, input: string, filters: number): string {
  const x = net.conv(`${name}_project`, input, filters, 1, { padding: 'same', bias: false });
  return net.batchNorm(`${name}_project_BN`, x, epsilon);
}
