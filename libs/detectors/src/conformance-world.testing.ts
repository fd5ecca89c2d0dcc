import { createRandom, matrix, multiply, type Matrix, type Random } from '@outsider/linalg';
import type { Activations, FitInput, OutputLayer } from './detector.ts';

/** A small world for tests: classes that light up their own neurons, and novel images that light up others. */
export interface World {
  readonly fit: FitInput;
  /** Held-out images of the classes. */
  readonly inDistribution: Activations;
  readonly novel: Activations;
}

export interface WorldSize {
  /** In-distribution images to fit on. */
  readonly n: number;
  readonly d: number;
  readonly classes: number;
  readonly seed: number;
}

/** As in real features, most of the variation within a class lies in few directions. */
const noiseFactors = 5;

/** Neurons are d-dimensional, above −1 as an ELU leaves them; the output layer reads each class's own neurons. */
export function makeWorld({ n, d, classes, seed }: WorldSize): World {
  const random = createRandom(seed);
  const patterns = Array.from({ length: classes + 2 }, (_, k) => pattern(random, d, k < classes ? 0.3 : 0.45));
  const outputLayer = readPatterns(patterns.slice(0, classes), d);
  const factors = randomMatrix(random, noiseFactors, d, 0.5 / Math.sqrt(noiseFactors));
  const mixing = randomMatrix(random, d, Math.ceil(d * 0.75), 1 / Math.sqrt(d));

  function activationsOf(kinds: readonly number[]): Activations {
    const data = new Float32Array(kinds.length * d);
    kinds.forEach((kind, i) => {
      const noise = multiply(randomMatrix(random, 1, noiseFactors, 1), factors).data;
      for (let j = 0; j < d; j++) data[i * d + j] = elu(patterns[kind][j] + noise[j] + 0.15 * random.normal());
    });
    return activations(matrix(kinds.length, d, data), outputLayer, mixing);
  }

  const kinds = Array.from({ length: n }, (_, i) => i % classes);
  const heldOut = Array.from({ length: 40 }, (_, i) => i % classes);
  const novelKinds = Array.from({ length: 30 }, (_, i) => classes + (i % 2));
  const supervisedKinds = [...heldOut, ...novelKinds];
  return {
    fit: {
      inDistribution: activationsOf(kinds),
      labels: Int32Array.from(kinds),
      classes,
      supervised: {
        activations: activationsOf(supervisedKinds),
        irrelevant: Uint8Array.from(supervisedKinds, (kind) => (kind >= classes ? 1 : 0)),
        groups: supervisedKinds.map((kind) => (kind >= classes ? `group ${kind - classes}` : '')),
      },
      outputLayer,
      seed,
    },
    inDistribution: activationsOf(heldOut),
    novel: activationsOf(novelKinds),
  };
}

/** All layers for the features `x`: pooled through ReLU of a fixed mixture, logits through the output layer. */
export function activations(x: Matrix, outputLayer: OutputLayer, mixing: Matrix): Activations {
  const pooled = multiply(x, mixing);
  const logits = multiply(x, outputLayer.weights);
  const { bias } = outputLayer;
  return {
    byLayer: {
      relevant_layer: x,
      pooled: matrix(
        pooled.rows,
        pooled.cols,
        Float32Array.from(pooled.data, (value) => Math.max(0, value)),
      ),
      logits: matrix(
        logits.rows,
        logits.cols,
        Float32Array.from(logits.data, (value, i) => value + bias[i % bias.length]),
      ),
    },
  };
}

/** The same change made to every layer. */
export function mapLayers({ byLayer }: Activations, change: (x: Matrix) => Matrix): Activations {
  return { byLayer: Object.fromEntries(Object.entries(byLayer).map(([layer, x]) => [layer, change(x)])) };
}

function pattern(random: Random, d: number, share: number): Float64Array {
  return Float64Array.from({ length: d }, () => (random.next() < share ? 1.5 : -0.7));
}

function readPatterns(patterns: readonly Float64Array[], d: number): OutputLayer {
  const classes = patterns.length;
  const weights = new Float32Array(d * classes);
  for (let j = 0; j < d; j++) {
    const mean = patterns.reduce((sum, p) => sum + p[j], 0) / (classes + 1);
    for (let c = 0; c < classes; c++) weights[j * classes + c] = (6 * (patterns[c][j] - mean)) / d;
  }
  return { weights: matrix(d, classes, weights), bias: Float32Array.from({ length: classes }, (_, c) => 0.1 * c) };
}

function randomMatrix(random: Random, rows: number, cols: number, scale: number): Matrix {
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => scale * random.normal()),
  );
}

function elu(x: number): number {
  return x > 0 ? x : Math.expm1(x);
}
