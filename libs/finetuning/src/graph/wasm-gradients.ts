import * as tf from '@tensorflow/tfjs';

type Pad = 'same' | 'valid';
interface ConvAttributes {
  readonly strides: number | [number, number];
  readonly pad: Pad;
}

/**
 * Gives the WASM backend the three gradients that it lacks, composed of operations that it has, so that whatever trains
 * on the native backends trains there too, if slowly. Does nothing where TensorFlow.js brings them itself.
 */
export function registerWasmGradients(): void {
  register('Conv2DBackpropFilter', ({ x, dy }, { strides, pad, filterShape }) =>
    convFilterGradient(x, dy, filterShape as [number, number, number, number], pairOf(strides), pad as Pad),
  );
  register('DepthwiseConv2dNativeBackpropInput', ({ dy, filter }, { strides, pad, inputShape }) =>
    depthwiseInputGradient(dy, filter, inputShape as [number, number, number, number], pairOf(strides), pad as Pad),
  );
  register('DepthwiseConv2dNativeBackpropFilter', ({ x, dy }, { strides, pad, filterShape }) =>
    depthwiseFilterGradient(x, dy, filterShape as [number, number, number, number], pairOf(strides), pad as Pad),
  );
}

function register(
  kernelName: string,
  gradient: (inputs: Record<string, tf.Tensor4D>, attributes: Record<string, unknown>) => tf.Tensor4D,
): void {
  if (tf.getKernel(kernelName, 'wasm')) return;
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() =>
        gradient(inputs as unknown as Record<string, tf.Tensor4D>, (attrs ?? {}) as Record<string, unknown>),
      ),
  });
}

/**
 * The kernel's gradient is itself a convolution: of the images, with dy as a kernel whose taps lie a stride apart, where
 * images and channels swap places.
 *
 * @returns shape `filterShape`, [height, width, in, out]
 */
function convFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  [height, width, channels, filters]: [number, number, number, number],
  strides: [number, number],
  pad: Pad,
): tf.Tensor4D {
  if (height === 1 && width === 1) {
    const rows = tf.stridedSlice(x, [0, 0, 0, 0], x.shape, [1, ...strides, 1]);
    const product = tf.matMul(tf.transpose(tf.reshape(rows, [-1, channels])), tf.reshape(dy, [-1, filters]));
    return tf.reshape(product, [1, 1, channels, filters]);
  }
  const padded = padFor(x, dy, [height, width], strides, pad);
  const gradient = tf.conv2d(
    tf.transpose(padded, [3, 1, 2, 0]),
    tf.transpose(dy, [1, 2, 0, 3]) as tf.Tensor4D,
    1,
    'valid',
    'NHWC',
    strides,
  ) as tf.Tensor4D;
  // Where the stride leaves pixels over, there are more positions than taps.
  return tf.transpose(tf.slice(gradient, [0, 0, 0, 0], [channels, height, width, filters]), [1, 2, 0, 3]);
}

/** A convolution of dy, its pixels a stride apart, with the kernel turned by half a turn. */
function depthwiseInputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  [n, height, width, channels]: [number, number, number, number],
  strides: [number, number],
  pad: Pad,
): tf.Tensor4D {
  const [filterHeight, filterWidth] = filter.shape;
  const spread = spreadPixels(dy, strides);
  const top = filterHeight - 1 - padBefore(height, dy.shape[1], filterHeight, strides[0], pad);
  const left = filterWidth - 1 - padBefore(width, dy.shape[2], filterWidth, strides[1], pad);
  const bottom = height + filterHeight - 1 - spread.shape[1] - top;
  const right = width + filterWidth - 1 - spread.shape[2] - left;
  const framed = tf.pad(spread, [
    [0, 0],
    [top, Math.max(bottom, 0)],
    [left, Math.max(right, 0)],
    [0, 0],
  ]);
  const cropped = tf.slice(framed, [0, 0, 0, 0], [n, height + filterHeight - 1, width + filterWidth - 1, channels]);
  return tf.depthwiseConv2d(cropped, tf.reverse(filter, [0, 1]) as tf.Tensor4D, 1, 'valid');
}

/** For each tap of the kernel, the images under it times dy. */
function depthwiseFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  [height, width, channels]: [number, number, number, number],
  strides: [number, number],
  pad: Pad,
): tf.Tensor4D {
  const padded = padFor(x, dy, [height, width], strides, pad);
  const [n, outHeight, outWidth] = dy.shape;
  const taps: tf.Tensor[] = [];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const end = [n, i + (outHeight - 1) * strides[0] + 1, j + (outWidth - 1) * strides[1] + 1, channels];
      const under = tf.stridedSlice(padded, [0, i, j, 0], end, [1, ...strides, 1]);
      taps.push(tf.sum(tf.mul(under, dy), [0, 1, 2]));
    }
  }
  return tf.reshape(tf.stack(taps), [height, width, channels, 1]);
}

/** Zeros around the images, as the forward pass saw them, and as many as its last window reached. */
function padFor(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  size: readonly [number, number],
  strides: readonly [number, number],
  pad: Pad,
): tf.Tensor4D {
  const sides = [0, 1].map((axis) => {
    const length = x.shape[1 + axis];
    const before = padBefore(length, dy.shape[1 + axis], size[axis], strides[axis], pad);
    const reached = (dy.shape[1 + axis] - 1) * strides[axis] + size[axis];
    return [before, Math.max(reached - length - before, 0)] as [number, number];
  });
  return tf.pad(x, [[0, 0], ...sides, [0, 0]] as [number, number][]) as tf.Tensor4D;
}

function padBefore(length: number, outputs: number, size: number, stride: number, pad: Pad): number {
  return pad === 'valid' ? 0 : Math.floor(Math.max((outputs - 1) * stride + size - length, 0) / 2);
}

/** Puts stride − 1 zeros between neighbouring pixels. */
function spreadPixels(x: tf.Tensor4D, [down, across]: readonly [number, number]): tf.Tensor4D {
  if (down === 1 && across === 1) return x;
  const [n, height, width, channels] = x.shape;
  const rows = tf.pad(tf.reshape(x, [n * height, 1, width, channels]), [
    [0, 0],
    [0, down - 1],
    [0, 0],
    [0, 0],
  ]);
  const pixels = tf.pad(tf.reshape(rows, [n * height * down * width, 1, 1, channels]), [
    [0, 0],
    [0, 0],
    [0, across - 1],
    [0, 0],
  ]);
  const spread = tf.reshape(pixels, [n, height * down, width * across, channels]) as tf.Tensor4D;
  return tf.slice(spread, [0, 0, 0, 0], [n, (height - 1) * down + 1, (width - 1) * across + 1, channels]);
}

function pairOf(strides: unknown): [number, number] {
  return typeof strides === 'number' ? [strides, strides] : (strides as ConvAttributes['strides'] as [number, number]);
}
