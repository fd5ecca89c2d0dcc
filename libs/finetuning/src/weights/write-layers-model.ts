import { inferShapes } from '../graph/infer-shapes.ts';
import { imageInput, type LayerGraph, type LayerSpec } from '../graph/layer-graph.ts';
import { getWeight, requiredWeights, type Weights } from './weights.ts';

/** The files of a TensorFlow.js layers model. */
export interface LayersModelFiles {
  /** What `model.json` holds; names the shards. */
  readonly model: LayersModel;
  /** In the order of the manifest. */
  readonly shards: readonly LayersModelShard[];
}

/** A file of weights beside `model.json`. */
export interface LayersModelShard {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface LayersModel {
  readonly format: 'layers-model';
  readonly generatedBy: string;
  readonly convertedBy: null;
  readonly modelTopology: object;
  readonly weightsManifest: readonly WeightGroup[];
  /** What TensorFlow.js hands on as it is. */
  readonly userDefinedMetadata?: object;
}

interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly dtype: 'float32';
  }[];
}

export interface LayersModelOptions {
  /** The graph's outputs, in the order in which the model shall have them. */
  readonly outputs: readonly string[];
  /** Layers whose weights make a shard of their own, so that the other one is the same file wherever they are equal. */
  readonly layersApart: readonly string[];
  /** The name of a shard, beside `model.json`. */
  readonly nameShard: (bytes: Uint8Array) => string;
  readonly metadata?: object;
}

/**
 * A network as a TensorFlow.js layers model (`tf.loadLayersModel`), under Keras' layer names and with its normalisations
 * unfolded: what a later training starts from, whereas an ONNX file is for serving.
 *
 * @throws {CorruptDataError} when a weight is missing
 */
export function writeLayersModel(
  graph: LayerGraph,
  weights: Weights,
  { outputs, layersApart, nameShard, metadata }: LayersModelOptions,
): LayersModelFiles {
  const names = [...requiredWeights(graph).keys()];
  const isApart = (name: string) => layersApart.includes(layerOf(name));
  const groups = [names.filter((name) => !isApart(name)), names.filter(isApart)].filter((group) => group.length > 0);
  const written = groups.map((group) => writeShard(group, weights, nameShard));
  return {
    model: {
      format: 'layers-model',
      generatedBy: 'outsider',
      convertedBy: null,
      modelTopology: toTopology(graph, outputs),
      weightsManifest: written.map(({ group }) => group),
      ...(metadata && { userDefinedMetadata: metadata }),
    },
    shards: written.map(({ shard }) => shard),
  };
}

function writeShard(
  names: readonly string[],
  weights: Weights,
  nameShard: LayersModelOptions['nameShard'],
): { group: WeightGroup; shard: LayersModelShard } {
  const tensors = names.map((name) => getWeight(weights, name));
  const bytes = new Uint8Array(tensors.reduce((sum, { data }) => sum + data.byteLength, 0));
  let offset = 0;
  for (const { data } of tensors) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  const path = nameShard(bytes);
  return {
    group: {
      paths: [path],
      weights: names.map((name, i) => ({ name, shape: tensors[i].shape, dtype: 'float32' as const })),
    },
    shard: { path, bytes },
  };
}

function layerOf(weight: string): string {
  return weight.slice(0, weight.lastIndexOf('/'));
}

function toTopology(graph: LayerGraph, outputs: readonly string[]): object {
  const shapes = inferShapes(graph);
  const node = (name: string) => [name, 0, 0];
  const layers = graph.layers.map((layer) => {
    const [className, config] = toKeras(layer, shapes.get(layer.inputs[0])!.length);
    return {
      class_name: className,
      name: layer.name,
      config: { name: layer.name, trainable: true, ...config },
      inbound_nodes: [layer.inputs.map((input) => [...node(input), {}])],
    };
  });
  const input = {
    class_name: 'InputLayer',
    name: imageInput,
    config: { name: imageInput, batch_input_shape: [null, ...graph.inputShape], dtype: 'float32', sparse: false },
    inbound_nodes: [],
  };
  return {
    class_name: 'Model',
    config: {
      name: 'backbone',
      layers: [input, ...layers],
      input_layers: [node(imageInput)],
      output_layers: outputs.map((output) => node(graph.outputs[output])),
    },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
}

/** Keras' class and configuration of a layer. */
function toKeras(layer: LayerSpec, rank: number): [className: string, config: object] {
  switch (layer.kind) {
    case 'conv': {
      const { filters, size, stride, padding, bias, activation } = layer;
      return ['Conv2D', { filters, kernel_size: size, strides: stride, padding, use_bias: bias, activation }];
    }
    case 'depthwise-conv': {
      const { size, stride, padding, bias, activation } = layer;
      return ['DepthwiseConv2D', { kernel_size: size, strides: stride, padding, use_bias: bias, activation }];
    }
    case 'batch-norm':
      return [
        'BatchNormalization',
        { axis: rank, epsilon: layer.epsilon, scale: layer.scale, center: true, momentum: 0.99 },
      ];
    case 'activation':
      return layer.activation === 'relu6'
        ? ['ReLU', { max_value: 6 }]
        : ['Activation', { activation: layer.activation }];
    case 'zero-pad':
      return ['ZeroPadding2D', { padding: layer.padding }];
    case 'max-pool':
      return ['MaxPooling2D', { pool_size: layer.size, strides: layer.stride, padding: layer.padding }];
    case 'average-pool':
      return ['AveragePooling2D', { pool_size: layer.size, strides: layer.stride, padding: layer.padding }];
    case 'add':
      return ['Add', {}];
    case 'concat':
      return ['Concatenate', { axis: -1 }];
    case 'global-average-pool':
      return ['GlobalAveragePooling2D', {}];
    case 'flatten':
      return ['Flatten', {}];
    case 'dense':
      return ['Dense', { units: layer.units, use_bias: true, activation: layer.activation }];
  }
}
