import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { getArchitecture } from '../architectures/architecture.ts';
import { loadNetwork } from '../graph/run-graph.ts';
import { appendHead } from '../head/head.ts';
import { initialHead } from '../head/trainable-head.ts';
import { selectBackend } from '../select-backend.ts';
import { randomWeights } from './random-weights.ts';
import { readLayersModel } from './read-layers-model.ts';
import { writeLayersModel, type LayersModelFiles } from './write-layers-model.ts';

beforeAll(() => selectBackend({ force: 'wasm' }));

function load({ model, weights }: LayersModelFiles): Promise<tf.LayersModel> {
  return tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: model.modelTopology,
      weightSpecs: model.weightsManifest[0].weights as tf.io.WeightsManifestEntry[],
      weightData: weights.buffer as ArrayBuffer,
    }),
  );
}

describe('writeLayersModel', () => {
  // MobileNetV2 has depthwise convolutions and ReLU6.
  it.each(['tiny', 'mobilenet_v2'])(
    'is loaded by TensorFlow.js and computes what %s does',
    { timeout: 60_000 },
    async (name) => {
      const { graph, features } = getArchitecture(name);
      const whole = appendHead(graph, randomWeights(graph, 1), features, initialHead(features, 16, 3, 2));
      const outputs = ['pooled', 'relevant_layer', 'logits'];
      const files = writeLayersModel(whole.graph, whole.weights, outputs, 'weights.bin');
      const model = await load(files);
      const shape = graph.inputShape;
      const images = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => Math.sin(i * 12.9898));

      const expected = loadNetwork(whole.graph, whole.weights).predict(images, 1);
      const actual = tf.tidy(() =>
        (model.predict(tf.tensor(images, [1, ...shape])) as tf.Tensor[]).map((one) => one.dataSync()),
      );
      outputs.forEach((output, i) => {
        const scale = Math.max(...expected[output].map(Math.abs));
        expected[output].forEach((value, j) =>
          expect(Math.abs(actual[i][j] - value) / scale, output).toBeLessThan(1e-5),
        );
      });
      model.dispose();
    },
  );

  it('is read back to the same weights', () => {
    const { graph } = getArchitecture('tiny');
    const weights = randomWeights(graph, 1);
    const { model, weights: bytes } = writeLayersModel(graph, weights, ['pooled'], 'shard.bin');
    const files = new Map([
      ['model.json', new TextEncoder().encode(JSON.stringify(model))],
      ['shard.bin', bytes],
    ]);
    expect(readLayersModel(files, 'model.json')).toEqual(weights);
  });
});
