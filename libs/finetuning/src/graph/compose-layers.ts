import {
  imageInput,
  type Activation,
  type LayerGraph,
  type LayerSpec,
  type Operation,
  type Padding,
} from './layer-graph.ts';

interface ConvOptions {
  readonly stride?: number;
  readonly padding?: Padding;
  readonly bias?: boolean;
  readonly activation?: Activation;
}

/** Writes a graph down layer by layer; every method returns the name of the layer that it added. */
export interface LayerComposer {
  readonly image: string;
  add(name: string, inputs: readonly string[], operation: Operation): string;
  /** `size` is one side of a square kernel or [height, width]. */
  conv(
    name: string,
    input: string,
    filters: number,
    size: number | readonly [number, number],
    options?: ConvOptions,
  ): string;
  batchNorm(name: string, input: string, epsilon: number, scale?: boolean): string;
  activation(name: string, input: string, activation: Activation): string;
  build(outputs: Readonly<Record<string, string>>): LayerGraph;
}

export function composeLayers(inputShape: readonly [number, number, number]): LayerComposer {
  const layers: LayerSpec[] = [];
  const composer: LayerComposer = {
    image: imageInput,
    add(name, inputs, operation) {
      layers.push({ ...operation, name, inputs });
      return name;
    },
    conv(name, input, filters, size, { stride = 1, padding = 'valid', bias = true, activation = 'linear' } = {}) {
      const kernel = typeof size === 'number' ? ([size, size] as const) : size;
      return composer.add(name, [input], {
        kind: 'conv',
        filters,
        size: kernel,
        stride: [stride, stride],
        padding,
        bias,
        activation,
      });
    },
    batchNorm: (name, input, epsilon, scale = true) =>
      composer.add(name, [input], { kind: 'batch-norm', epsilon, scale }),
    activation: (name, input, activation) => composer.add(name, [input], { kind: 'activation', activation }),
    build: (outputs) => ({ inputShape, layers, outputs }),
  };
  return composer;
}
