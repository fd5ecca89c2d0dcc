import { type Preprocessing } from '@outsider/domain';

/** Mean of ImageNet's training pixels in the order blue, green, red, as the Caffe models had it. */
const caffe = {
  fit: 'stretch',
  interpolation: 'bilinear',
  channelOrder: 'bgr',
  scale: 1,
  mean: [103.939, 116.779, 123.68],
  std: [1, 1, 1],
} as const;

/** Values from −1 to 1, as TensorFlow's own models have it. */
const minusOneToOne = {
  fit: 'stretch',
  interpolation: 'bilinear',
  channelOrder: 'rgb',
  scale: 1 / 127.5,
  mean: [1, 1, 1],
  std: [1, 1, 1],
} as const;

/**
 * The preprocessing with which Keras trained its ImageNet weights, by architecture.
 *
 * @see `preprocess_input` of keras.applications: mode "caffe" for resnet50 and vgg16, "tf" for the other two
 */
export const kerasPreprocessing = {
  resnet50: { size: [224, 224], ...caffe },
  vgg16: { size: [224, 224], ...caffe },
  inception_v3: { size: [299, 299], ...minusOneToOne },
  mobilenet_v2: { size: [224, 224], ...minusOneToOne },
} as const satisfies Record<string, Preprocessing>;
