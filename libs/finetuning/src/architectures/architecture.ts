import { InvalidArgumentError, type Preprocessing } from '@outsider/domain';
import type { LayerGraph } from '../graph/layer-graph.ts';
import { resnet50 } from './resnet50.ts';
import { tiny } from './tiny.ts';

/** A network without its classifying top: images in, the pooled vector out (output `pooled`). */
export interface Architecture {
  readonly name: string;
  /** What its pretrained weights expect of an image. */
  readonly preprocessing: Preprocessing;
  readonly graph: LayerGraph;
  /** Length of the pooled vector. */
  readonly features: number;
  /** Width of the relevant layer unless a recipe says otherwise. */
  readonly relevantUnits: number;
  /** The first layer that a recipe trains, with all that follow it in the graph's list. */
  readonly firstTrainedLayer: { readonly tutorial: string; readonly fineTune: string };
}

const architectures: readonly Architecture[] = [resnet50, tiny];

/** In the order in which they are offered. */
export const architectureNames: readonly string[] = architectures.map(({ name }) => name);

/** @throws {InvalidArgumentError} when there is no architecture of this name */
export function getArchitecture(name: string): Architecture {
  const found = architectures.find((architecture) => architecture.name === name);
  if (!found) throw new InvalidArgumentError(`no architecture "${name}"; there are ${architectureNames.join(', ')}`);
  return found;
}
