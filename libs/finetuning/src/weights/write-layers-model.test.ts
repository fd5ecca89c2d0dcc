import { beforeAll, describe, expect, it } from 'vitest';
import { getArchitecture } from '../architectures/architecture.ts';
import { loadNetwork } from '../graph/run-graph.ts';
import { appendHead } from '../head/head.ts';
import { initialHead } from '../head/trainable-head.ts';
import { selectBackend } from '../select-backend.ts';
import { loadLayersModel } from './load-layers-model.ts';
import { randomWeights } from './random-weights.ts';
import { readLayersModel } from './read-layers-model.ts';
import { writeLayersModel } from './write-layers-model.ts';

beforeAll(() => selectBackend({ force: 'wasm' }));

const apart = { layersApart: ['relevant_layer', 'logits'], nameShard: (bytes: Uint8Array) => `${bytes.length}.bin` };

describe('writeLayersModel', () => {
  // MobileNetV2 has depthwise convolutions and ReLU6.
  it.each(['tiny', 'mobilenet_v2'])(
    'is loaded by TensorFlow.js and computes what %s does',
    { timeout: 60_000 },
    async (name) => {
      const { graph, features } = getArchitecture(name);
      const whole = appendHead(graph, randomWeights(graph, 1), features, initialHead(features, 16, 3, 2));
      const outputs = ['pooled', 'relevant_layer', 'logits'];
      const model = await loadLayersModel(writeLayersModel(whole.graph, whole.weights, { outputs, ...apart }));
      const shape = graph.inputShape;
      const images = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => Math.sin(i * 12.9898));

      const expected = loadNetwork(whole.graph, whole.weights).predict(images, 1);
      const actual = model.predict(images, 1);
      outputs.forEach((output) => {
        const scale = Math.max(...expected[output].map(Math.abs));
        expected[output].forEach((value, j) =>
          expect(Math.abs(actual[whole.graph.outputs[output]][j] - value) / scale, output).toBeLessThan(1e-5),
        );
      });
      model.dispose();
    },
  );

  it('is read back to the same weights', () => {
    const { graph, features } = getArchitecture('tiny');
    const whole = appendHead(graph, randomWeights(graph, 1), features, initialHead(features, 16, 3, 2));
    const { model, shards } = writeLayersModel(whole.graph, whole.weights, { outputs: ['logits'], ...apart });
    const files = new Map([
      ['model.json', new TextEncoder().encode(JSON.stringify(model))],
      ...shards.map(({ path, bytes }) => [path, bytes] as const),
    ]);
    expect(readLayersModel(files, 'model.json')).toEqual(whole.weights);
  });

  it('puts the weights of some layers apart, so that the rest is the same file when it is equal', () => {
    const { graph, features } = getArchitecture('tiny');
    const weights = randomWeights(graph, 1);
    const [one, other] = [1, 2].map((seed) => {
      const whole = appendHead(graph, weights, features, initialHead(features, 16, 3, seed));
      return writeLayersModel(whole.graph, whole.weights, { outputs: ['logits'], ...apart });
    });
    expect(one.model.weightsManifest.map((group) => group.weights.length)).toEqual([weights.size, 4]);
    expect(one.shards[0].bytes).toEqual(other.shards[0].bytes);
    expect(one.shards[1].bytes).not.toEqual(other.shards[1].bytes);
  });

  it('keeps one shard where no layer is apart, and the metadata', () => {
    const { graph } = getArchitecture('tiny');
    const options = { outputs: ['pooled'], ...apart, metadata: { classes: ['a'] } };
    const { model, shards } = writeLayersModel(graph, randomWeights(graph, 1), options);
    expect(shards).toHaveLength(1);
    expect(model.userDefinedMetadata).toEqual({ classes: ['a'] });
  });
});
