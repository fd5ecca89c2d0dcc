import { composeLayers, type LayerComposer } from '../graph/compose-layers.ts';
import { inKerasOrder } from '../graph/keras-order.ts';
import type { Architecture } from './architecture.ts';
import { caffePreprocessing } from './preprocessing.ts';

const epsilon = 1.001e-5;

/**
 * ResNet50 (version 1: the stride sits in the first 1×1 convolution) as Keras builds it, with its layer names.
 *
 * @see He et al. 2015, https://arxiv.org/abs/1512.03385
 */
export const resnet50: Architecture = {
  name: 'resnet50',
  preprocessing: caffePreprocessing(224),
  graph: buildGraph(),
  features: 2048,
  relevantUnits: 2048,
  // Keras' layer 80 is conv3_block4_out, which has no weights: training from it up begins here.
  firstTrainedLayer: { tutorial: 'conv4_block1_1_conv', fineTune: 'conv5_block1_1_conv' },
};

function buildGraph() {
  const net = composeLayers([224, 224, 3]);
  let x = net.add('conv1_pad', [net.image], {
    kind: 'zero-pad',
    padding: [
      [3, 3],
      [3, 3],
    ],
  });
  x = net.conv('conv1_conv', x, 64, 7, { stride: 2 });
  x = net.batchNorm('conv1_bn', x, epsilon);
  x = net.activation('conv1_relu', x, 'relu');
  x = net.add('pool1_pad', [x], {
    kind: 'zero-pad',
    padding: [
      [1, 1],
      [1, 1],
    ],
  });
  x = net.add('pool1_pool', [x], { kind: 'max-pool', size: [3, 3], stride: [2, 2], padding: 'valid' });
  x = stack(net, 'conv2', x, 64, 3, 1);
  x = stack(net, 'conv3', x, 128, 4, 2);
  x = stack(net, 'conv4', x, 256, 6, 2);
  x = stack(net, 'conv5', x, 512, 3, 2);
  return inKerasOrder(net.build({ pooled: net.add('avg_pool', [x], { kind: 'global-average-pool' }) }));
}

/** Blocks of one resolution; the first halves it (unless `stride` is 1) and projects its shortcut. */
function stack(
  net: LayerComposer,
  name: string,
  input: string,
  filters: number,
  blocks: number,
  stride: number,
): string {
  let x = block(net, `${name}_block1`, input, filters, stride, true);
  for (let i = 2; i <= blocks; i++) x = block(net, `${name}_block${i}`, x, filters, 1, false);
  return x;
}

function block(
  net: LayerComposer,
  name: string,
  input: string,
  filters: number,
  stride: number,
  projected: boolean,
): string {
  let shortcut = input;
  if (projected) {
    shortcut = net.conv(`${name}_0_conv`, input, 4 * filters, 1, { stride });
    shortcut = net.batchNorm(`${name}_0_bn`, shortcut, epsilon);
  }
  let x = net.conv(`${name}_1_conv`, input, filters, 1, { stride });
  x = net.batchNorm(`${name}_1_bn`, x, epsilon);
  x = net.activation(`${name}_1_relu`, x, 'relu');
  x = net.conv(`${name}_2_conv`, x, filters, 3, { padding: 'same' });
  x = net.batchNorm(`${name}_2_bn`, x, epsilon);
  x = net.activation(`${name}_2_relu`, x, 'relu');
  x = net.conv(`${name}_3_conv`, x, 4 * filters, 1);
  x = net.batchNorm(`${name}_3_bn`, x, epsilon);
  x = net.add(`${name}_add`, [shortcut, x], { kind: 'add' });
  return net.activation(`${name}_out`, x, 'relu');
}
