import { InvalidArgumentError } from '@outsider/domain';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { scatter, scatteredWeights } from '../../fixtures/scattered-weights.ts';
import { inferShapes } from '../graph/infer-shapes.ts';
import { imageInput, type LayerGraph } from '../graph/layer-graph.ts';
import { loadNetwork } from '../graph/run-graph.ts';
import { selectBackend } from '../select-backend.ts';
import { requiredWeights } from '../weights/weights.ts';
import { architectureNames, getArchitecture } from './architecture.ts';

interface Block {
  readonly shape: readonly number[];
  readonly norm: number;
  readonly largest: number;
  readonly probes: readonly number[];
  readonly entries: readonly (readonly [index: number, value: number])[];
}

/** What Keras computes; see tools/oracles/backbones.py. */
const { backbones } = JSON.parse(readFileSync(new URL('../fixtures/backbones.json', import.meta.url), 'utf8')) as {
  backbones: Record<string, { side: number; layers: string[]; blocks: Record<string, Block> }>;
};
const names = Object.keys(backbones);

/** Activations that layers from `first` on read from before it. */
function readFromBefore({ layers }: LayerGraph, first: string): Set<string> {
  const start = layers.findIndex(({ name }) => name === first);
  const trained = layers.slice(start);
  const own = new Set(trained.map(({ name }) => name));
  return new Set(trained.flatMap(({ inputs }) => inputs).filter((name) => !own.has(name)));
}

beforeAll(() => selectBackend({ force: 'wasm' }));

describe('getArchitecture', () => {
  it('has the four backbones that Keras is asked about', () => {
    expect(architectureNames.filter((name) => name !== 'tiny').sort()).toEqual([...names].sort());
    expect(() => getArchitecture('alexnet')).toThrow(InvalidArgumentError);
  });

  it.each(names)('%s has the layers of Keras in the order of Keras', (name) => {
    const [input, ...layers] = backbones[name].layers;
    expect(input).toMatch(/^input_layer/);
    expect(getArchitecture(name).graph.layers.map((layer) => layer.name)).toEqual(layers);
  });

  it.each([
    ['resnet50', 318, 23_587_712],
    ['vgg16', 26, 14_714_688],
    ['inception_v3', 376, 21_802_784],
    ['mobilenet_v2', 260, 2_257_984],
  ])('%s has as many weights as Keras counts', (name, tensors, parameters) => {
    const lengths = Array.from(requiredWeights(getArchitecture(name).graph).values(), (shape) =>
      shape.reduce((product, side) => product * side, 1),
    );
    expect(lengths).toHaveLength(tensors);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(parameters);
  });

  it.each(architectureNames)('%s trains from layers on that read one activation from before them', (name) => {
    const { graph, firstTrainedLayer, features } = getArchitecture(name);
    for (const first of Object.values(firstTrainedLayer)) {
      expect(requiredWeights(graph).has(`${first}/kernel`), first).toBe(true);
      const read = readFromBefore(graph, first);
      expect(read.size, first).toBe(1);
      expect(read.has(imageInput)).toBe(false);
    }
    expect(inferShapes(graph).get(graph.outputs.pooled)).toEqual([features]);
  });

  it('begins the tutorial at the layer that Keras counts as 80', () => {
    const { graph, firstTrainedLayer } = getArchitecture('resnet50');
    expect(backbones.resnet50.layers[80]).toBe('conv3_block4_out');
    expect([...readFromBefore(graph, firstTrainedLayer.tutorial)]).toEqual(['conv3_block4_out']);
  });
});

describe.each(names)('%s', (name) => {
  it('activates every block as Keras does under the same weights', { timeout: 120_000 }, () => {
    const { side, blocks } = backbones[name];
    const graph: LayerGraph = { ...getArchitecture(name).graph, inputShape: [side, side, 3] };
    const shapes = inferShapes(graph);
    const network = loadNetwork(graph, scatteredWeights(graph));
    const activations = network.predict(scatter('image', side * side * 3, -1, 1), 1, Object.keys(blocks));
    network.dispose();
    for (const [layer, { shape, norm, largest, probes, entries }] of Object.entries(blocks)) {
      const actual = activations[layer];
      expect(shapes.get(layer), layer).toEqual(shape);
      for (const [index, value] of entries)
        expect(Math.abs(actual[index] - value), `${layer}[${index}]`).toBeLessThan(1e-4 * largest);
      // A difference between the activations shows in its product with a scattered vector, wherever it lies.
      probes.forEach((expected, p) => {
        const probe = scatter(`probe${p}`, actual.length, -1, 1);
        const product = actual.reduce((sum, value, i) => sum + value * probe[i], 0);
        expect(Math.abs(product - expected), `${layer}, probe ${p}`).toBeLessThan(1e-4 * norm);
      });
      const largestHere = actual.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(Math.abs(largestHere - largest), layer).toBeLessThan(1e-4 * largest);
    }
  });
});
