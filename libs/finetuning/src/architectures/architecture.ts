import { InvalidArgumentError, type Preprocessing } from '@outsider/domain';
import type { LayerGraph } from '../graph/layer-graph.ts';
import { inceptionV3 } from './inception-v3.ts';
import { mobilenetV2 } from './mobilenet-v2.ts';
import { resnet50 } from './resnet50.ts';
import { tiny } from './tiny.ts';
import { vgg16 } from './vgg16.ts';

/** A network without its classifying top: images in, the pooled vector out (output `pooled`). */
export interface Architecture {
  readonly name: string;
  /** What its pretrained weights expect of an image. */
  readonly preprocessing: Preprocessing;
  readonly graph: LayerGraph;
  /** Length of the pooled vector. */
  readonly features: number;
  /** Units of the dense relevant layer on top, unless a recipe says otherwise. */
  readonly relevantUnits: number;
  /**
   * The first layer that a recipe trains: it and every later one in `graph.layers`, which read a single activation from
   * before it. Recipe `head` trains none.
   */
  readonly firstTrainedLayer: { readonly tutorial: string; readonly fineTune: string };
}

const architectures: readonly Architecture[] = [resnet50, vgg16, inceptionV3, mobilenetV2, tiny];

/** In the order in which they are offered. */
export const architectureNames: readonly string[] = architectures.map(({ name }) => name);

/** @throws {InvalidArgumentError} when there is no architecture of this name */
export function getArchitecture(name: string): Architecture {
  const found = architectures.find((architecture) => architecture.name === name);
  if (!found) throw new InvalidArgumentError(`no architecture "${name}"; there are ${architectureNames.join(', ')}`);
  return found;
}
