/** What is applied to a layer's sums before it hands them on. */
export type Activation = 'linear' | 'relu' | 'relu6' | 'elu';

/** `same` as TensorFlow means it: ⌈input / stride⌉ positions, the odd zero added at the bottom and right. */
export type Padding = 'same' | 'valid';

interface Window {
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: Padding;
}

/**
 * What a layer computes, in Keras' vocabulary, on images of shape [n, height, width, channels]. Weights are not part of
 * it: they are looked up as `<layer name>/<kernel | bias | …>`, the names under which Keras stores them.
 */
export type Operation =
  | ({
      readonly kind: 'conv';
      readonly filters: number;
      readonly bias: boolean;
      readonly activation: Activation;
    } & Window)
  | ({ readonly kind: 'depthwise-conv'; readonly bias: boolean; readonly activation: Activation } & Window)
  | { readonly kind: 'batch-norm'; readonly epsilon: number; readonly scale: boolean }
  | { readonly kind: 'activation'; readonly activation: Activation }
  /** Zeros around the image: [[top, bottom], [left, right]]. */
  | { readonly kind: 'zero-pad'; readonly padding: readonly [readonly [number, number], readonly [number, number]] }
  | ({ readonly kind: 'max-pool' } & Window)
  /** Averages over the pixels that exist: padding does not count. */
  | ({ readonly kind: 'average-pool' } & Window)
  | { readonly kind: 'add' }
  /** Along the channels. */
  | { readonly kind: 'concat' }
  | { readonly kind: 'global-average-pool' }
  /** Row-major over height, width, channels. */
  | { readonly kind: 'flatten' }
  | { readonly kind: 'dense'; readonly units: number; readonly activation: Activation };

export type LayerSpec = Operation & { readonly name: string; readonly inputs: readonly string[] };

/** A network as data: TensorFlow.js runs it, ONNX is written from it. */
export interface LayerGraph {
  /** Height, width, channels. */
  readonly inputShape: readonly [number, number, number];
  /** In an order in which every layer follows its inputs. The image is called {@link imageInput}. */
  readonly layers: readonly LayerSpec[];
  /** Output name → layer name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** The name under which layers refer to the batch of images. */
export const imageInput = 'images';
