import { composeLayers } from '../graph/compose-layers.ts';
import type { Architecture } from './architecture.ts';
import { minusOneToOne } from './preprocessing.ts';

/**
 * Three small convolutions with random weights: no knowledge, but every path that a real backbone takes (padding, batch
 * norm, a shortcut, pooling) in milliseconds and without a download. For tests and for trying the system out.
 */
export const tiny: Architecture = {
  name: 'tiny',
  preprocessing: minusOneToOne(32),
  graph: buildGraph(),
  features: 64,
  relevantUnits: 2048,
  firstTrainedLayer: { tutorial: 'conv2_0_conv', fineTune: 'conv2_0_conv' },
};

function buildGraph() {
  const net = composeLayers([32, 32, 3]);
  let x = net.add('conv1_pad', [net.image], {
    kind: 'zero-pad',
    padding: [
      [1, 1],
      [1, 1],
    ],
  });
  x = net.conv('conv1_conv', x, 16, 3, { stride: 2 });
  x = net.batchNorm('conv1_bn', x, 1e-3);
  x = net.activation('conv1_relu', x, 'relu');
  x = net.add('pool1_pool', [x], { kind: 'max-pool', size: [3, 3], stride: [2, 2], padding: 'same' });
  const shortcut = net.conv('conv2_0_conv', x, 64, 1, { stride: 2, bias: false });
  x = net.conv('conv2_1_conv', x, 32, 3, { stride: 2, padding: 'same', bias: false });
  x = net.batchNorm('conv2_1_bn', x, 1e-3, false);
  x = net.activation('conv2_1_relu', x, 'relu');
  x = net.conv('conv2_2_conv', x, 64, 3, { padding: 'same' });
  x = net.batchNorm('conv2_2_bn', x, 1e-3);
  x = net.add('conv2_add', [net.batchNorm('conv2_0_bn', shortcut, 1e-3), x], { kind: 'add' });
  x = net.activation('conv2_out', x, 'relu');
  return net.build({ pooled: net.add('avg_pool', [x], { kind: 'global-average-pool' }) });
}
