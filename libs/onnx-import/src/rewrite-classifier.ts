import { toBackboneProperties, type BackboneMetadata, type Digest, type Preprocessing } from '@outsider/domain';
import { buildNode } from './build-node.ts';
import type { ChosenLayers } from './choose-layers.ts';
import { elementTypes } from './onnx-model.ts';
import type { OutputLayerParameters } from './find-output-layer.ts';
import type { Classifier } from './read-classifier.ts';
import { rewriteModel, type RewrittenOutput } from './rewrite-model.ts';

/**
 * What backbones are called that were not trained here: their layers are only known by the names in their own graph.
 */
export const importedArchitecture = 'onnx';

export interface RewriteOptions {
  readonly preprocessing: Preprocessing;
  /** Of the preprocessing, for the file's metadata. */
  readonly preprocessingDigest?: Digest;
  /** In the order of the logits. */
  readonly classes: readonly string[];
}

/**
 * The classifier as a file of the same kind as our own exports: input `images` [n, h, w, 3] float32, preprocessed;
 * outputs `relevant_layer`, `logits` and, with a global pooling, `pooled`, each [n, d] float32; the same metadata.
 */
export function rewriteClassifier(
  { model, input, output }: Classifier,
  { relevantLayer, pooled, logits }: ChosenLayers,
  { preprocessing, preprocessingDigest, classes }: RewriteOptions,
): Uint8Array {
  const outputs: RewrittenOutput[] = [
    { name: 'relevant_layer', value: relevantLayer.name, width: relevantLayer.width },
    ...(pooled ? [{ name: 'pooled', value: pooled.name, width: pooled.width }] : []),
    {
      name: 'logits',
      value: logits.name,
      width: logits.width,
      ...(output.oneLogitForTwoClasses && { derive: withOpposingLogit }),
    },
  ];
  const layers: BackboneMetadata['layers'] = {
    relevant_layer: { layer: relevantLayer.name, width: relevantLayer.width },
    ...(pooled && { pooled: { layer: pooled.name, width: pooled.width } }),
    logits: { layer: logits.name, width: logits.width },
  };
  const metadata = toBackboneProperties({
    architecture: importedArchitecture,
    preprocessing,
    ...(preprocessingDigest && { preprocessingDigest }),
    classes,
    layers,
  });
  return rewriteModel(model, { input, size: preprocessing.size, channelsLast: true, outputs, metadata });
}

/**
 * The network with values of its own as outputs, `value_0` and so on, for a look inside.
 *
 * @param original the network takes images as it always did, in its own order of axes; else as ours do, [n, h, w, 3]
 */
export function exposeValues(
  { model, input }: Classifier,
  values: readonly string[],
  size: readonly [number, number],
  { original }: { readonly original: boolean },
): Uint8Array {
  const outputs = values.map((value, i) => ({ name: `value_${i}`, value }));
  return rewriteModel(model, { input, size, channelsLast: !original, outputs });
}

/** A sigmoid's only logit z as the two whose softmax is the same: 0 for the first class, z for the second. */
function withOpposingLogit(from: string, to: string) {
  const zero = `${to}/zero`;
  const rawData = new Uint8Array(Float32Array.of(0).buffer);
  return {
    nodes: [buildNode('Mul', [from, zero], `${to}/first`), buildNode('Concat', [`${to}/first`, from], to, { axis: 1 })],
    constants: [{ name: zero, dims: [1], dataType: elementTypes.float32, rawData }],
  };
}

/**
 * Weights [d, classes] and bias of the rewritten file's logits over its relevant layer; undefined when the output layer
 * reads another value, or its weights are not plain numbers.
 */
export function outputLayerOf(
  { output, outputLayer }: Classifier,
  { readByOutputLayer }: ChosenLayers,
): OutputLayerParameters | undefined {
  const parameters = readByOutputLayer ? outputLayer?.parameters : undefined;
  if (!parameters || !output.oneLogitForTwoClasses) return parameters;
  const { weights, bias } = parameters;
  return {
    weights: Float32Array.from({ length: 2 * weights.length }, (_, i) => (i % 2 ? weights[(i - 1) / 2] : 0)),
    bias: Float32Array.of(0, bias[0]),
  };
}
