import { composeLayers } from '../graph/compose-layers.ts';
import { inKerasOrder } from '../graph/keras-order.ts';
import type { Architecture } from './architecture.ts';
import { caffePreprocessing } from './preprocessing.ts';

/**
 * VGG16 as Keras builds it, with its layer names.
 *
 * @see Simonyan & Zisserman 2014, https://arxiv.org/abs/1409.1556
 */
export const vgg16: Architecture = {
  name: 'vgg16',
  preprocessing: caffePreprocessing(224),
  graph: buildGraph(),
  features: 512,
  relevantUnits: 4096,
  firstTrainedLayer: { tutorial: 'block4_conv1', fineTune: 'block5_conv1' },
};

function buildGraph() {
  const net = composeLayers([224, 224, 3]);
  let x = net.image;
  const blocks = [
    { filters: 64, convolutions: 2 },
    { filters: 128, convolutions: 2 },
    { filters: 256, convolutions: 3 },
    { filters: 512, convolutions: 3 },
    { filters: 512, convolutions: 3 },
  ];
  blocks.forEach(({ filters, convolutions }, i) => {
    for (let j = 1; j <= convolutions; j++) {
      x = net.conv(`block${i + 1}_conv${j}`, x, filters, 3, { padding: 'same', activation: 'relu' });
    }
    x = net.add(`block${i + 1}_pool`, [x], { kind: 'max-pool', size: [2, 2], stride: [2, 2], padding: 'valid' });
  });
  return inKerasOrder(net.build({ pooled: net.add('global_average_pooling2d', [x], { kind: 'global-average-pool' }) }));
}
