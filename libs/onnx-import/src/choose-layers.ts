import { InvalidArgumentError } from '@outsider/domain';
import { listCandidates, vectorWidth, type Candidate } from './list-candidates.ts';
import type { Classifier } from './read-classifier.ts';

/** A value of the original graph that becomes an output. */
export interface ChosenLayer {
  readonly name: string;
  readonly width: number;
}

export interface ChosenLayers {
  readonly relevantLayer: ChosenLayer;
  /** What the last global pooling gives, be it the relevant layer itself; undefined without a global pooling. */
  readonly pooled: ChosenLayer | undefined;
  readonly logits: ChosenLayer;
  /** The output layer reads the relevant layer, so that its weights belong to it. */
  readonly readByOutputLayer: boolean;
}

const pools = new Set(['GlobalAveragePool', 'GlobalMaxPool', 'ReduceMean', 'ReduceMax', 'AveragePool', 'MaxPool']);
const listed = 20;

/** The values whose shapes {@link chooseLayers} needs to know. */
export function valuesToMeasure({ bottlenecks, output, operatorOf }: Classifier, layer: string): string[] {
  const named = layer !== '' && operatorOf(layer) ? [layer] : [];
  return [...new Set([...bottlenecks, ...named, output.logits])];
}

/**
 * @param layer name of the relevant layer; empty for what the last linear layer reads
 * @param shapes of each value for one image, as running the graph showed them
 * @throws {InvalidArgumentError} with the candidates, when the layer is missing or no vector, or none can be guessed;
 *   and when there are not as many logits as classes
 */
export function chooseLayers(
  classifier: Classifier,
  layer: string,
  classes: number,
  shapes: ReadonlyMap<string, readonly number[]>,
): ChosenLayers {
  const { output, outputLayer, operatorOf, sameNumbers } = classifier;
  const candidates = listCandidates(classifier, shapes);
  const name = layer || candidates.find(({ feedsOutputLayer }) => feedsOutputLayer)?.name;
  if (!name) {
    throw refusal(
      'no layer is named, and the logits do not come from a linear layer that reads one vector',
      candidates,
    );
  }
  if (!operatorOf(name)) throw refusal(`no layer "${name}" is computed from the images`, candidates);
  const width = vectorWidth(shapes.get(name) ?? []);
  if (width === undefined) {
    const shape = (shapes.get(name) ?? []).join(', ');
    throw refusal(`layer "${name}" has the shape [${shape}] for one image; expected one vector`, candidates);
  }
  // A pooling to several positions, flattened, is a vector that was not pooled over all of them.
  const pooling = candidates.findLast(({ name: value }) => {
    const pool = sameNumbers(value);
    return pools.has(operatorOf(pool) ?? '') && vectorWidth(shapes.get(pool) ?? []) !== undefined;
  });
  return {
    relevantLayer: { name, width },
    pooled: pooling && { name: pooling.name, width: pooling.width },
    logits: { name: output.logits, width: countLogits(classifier, classes, shapes) },
    readByOutputLayer: outputLayer !== undefined && sameNumbers(outputLayer.input) === sameNumbers(name),
  };
}

function countLogits({ output }: Classifier, classes: number, shapes: ReadonlyMap<string, readonly number[]>): number {
  const shape = shapes.get(output.logits) ?? [];
  const given = vectorWidth(shape) ?? (shape.every((size) => size === 1) ? 1 : undefined);
  if (given === undefined) {
    throw new InvalidArgumentError(
      `the output "${output.logits}" has the shape [${shape.join(', ')}] for one image; expected one number a class`,
    );
  }
  if (given === 1 && !output.oneLogitForTwoClasses) {
    throw new InvalidArgumentError('the model gives one number without a closing sigmoid; expected one number a class');
  }
  const logits = given === 1 ? 2 : given;
  if (given > 1 && output.oneLogitForTwoClasses) {
    throw new InvalidArgumentError(
      `the model ends in a sigmoid over ${given} numbers: classes that do not exclude each other; expected a softmax`,
    );
  }
  if (logits !== classes) {
    throw new InvalidArgumentError(`classes: expected ${logits} names, one for each logit, got ${classes}`);
  }
  return logits;
}

function refusal(what: string, candidates: readonly Candidate[]): InvalidArgumentError {
  const names = candidates.slice(-listed).map(({ name, width }) => `"${name}" (${width} numbers)`);
  const sentence =
    names.length === 0
      ? 'the model has no layer of one vector an image'
      : `layers of one vector an image are ${names.join(', ')}`;
  return new InvalidArgumentError(`${what}; ${sentence}`, { reason: 'LAYER_UNSUITABLE' });
}
