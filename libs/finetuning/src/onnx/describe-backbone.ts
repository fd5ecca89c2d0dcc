import { InvalidArgumentError, type BackboneMetadata, type Digest } from '@outsider/domain';
import type { Architecture } from '../architectures/architecture.ts';
import { inferShapes } from '../graph/infer-shapes.ts';
import type { LayerGraph } from '../graph/layer-graph.ts';
import { appendHead, type Head } from '../head/head.ts';
import { selectWeights, type Weights } from '../weights/weights.ts';

/** What is trained on the backbone, and the names of the classes in the order of its logits. */
export interface ExportedHead {
  readonly head: Head;
  readonly classes: readonly string[];
  /** Of the architecture's preprocessing, for the file's metadata. */
  readonly preprocessingDigest?: Digest;
}

/** The whole network, normalisations unfolded, and what an export says of it. */
export interface DescribedBackbone {
  readonly graph: LayerGraph;
  /** Those that the graph needs, and no others. */
  readonly weights: Weights;
  readonly metadata: BackboneMetadata;
}

/**
 * What is exported, in whatever format.
 *
 * @throws {InvalidArgumentError} when there are not as many class names as logits
 * @throws {ShapeError | CorruptDataError} when the weights or the head do not fit
 */
export function describeBackbone(
  architecture: Architecture,
  weights: Weights,
  trained: ExportedHead | undefined,
): DescribedBackbone {
  const selected = selectWeights(architecture.graph, weights);
  const { graph, weights: whole } = trained
    ? appendHead(architecture.graph, selected, architecture.features, trained.head)
    : { graph: architecture.graph, weights: selected };
  const classes = trained?.classes ?? [];
  if (trained && classes.length !== trained.head.outputLayer.bias.length) {
    throw new InvalidArgumentError(`${classes.length} class names for ${trained.head.outputLayer.bias.length} logits`);
  }
  const shapes = inferShapes(graph);
  const layers = Object.entries(graph.outputs).map(
    ([output, layer]) => [output, { layer, width: shapes.get(layer)![0] }] as const,
  );
  return {
    graph,
    weights: whole,
    metadata: {
      architecture: architecture.name,
      preprocessing: architecture.preprocessing,
      ...(trained?.preprocessingDigest && { preprocessingDigest: trained.preprocessingDigest }),
      classes,
      layers: Object.fromEntries(layers),
    },
  };
}
