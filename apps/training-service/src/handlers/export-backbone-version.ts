import type { ArtifactStore } from '@outsider/artifacts';
import {
  ExportFormat,
  type ExportBackboneVersionRequest,
  type ExportBackboneVersionResponse,
} from '@outsider/contracts';
import { serverStreaming } from '@outsider/contracts/server';
import type { BackboneVersion } from '@outsider/database';
import { FailedPreconditionError, InvalidArgumentError, parseDigest, type Digest } from '@outsider/domain';
import type { Context } from '../context.ts';

/** An artifact under the name that it has for whoever gets it. */
interface NamedArtifact {
  readonly name: string;
  readonly artifact: Digest;
}

const maxChunkBytes = 256 * 1024;

/**
 * ExportBackboneVersion: the files of a version in one of its formats, read from the store as fast as the caller takes
 * them.
 */
export function exportBackboneVersion({ repositories, artifacts }: Context) {
  return serverStreaming<ExportBackboneVersionRequest, ExportBackboneVersionResponse>(
    'viewer',
    async function* ({ digest, format }) {
      const version = await repositories.backbones.getVersion(digest);
      for (const { name, artifact } of await filesOf(version, format, artifacts)) {
        const bytes = await artifacts.sizeOf(artifact);
        yield { part: { $case: 'file', value: { name, bytes, digest: artifact } } };
        for await (const piece of (await artifacts.openStream(artifact)) as AsyncIterable<Buffer>) {
          for (let from = 0; from < piece.length; from += maxChunkBytes) {
            yield { part: { $case: 'chunk', value: piece.subarray(from, from + maxChunkBytes) } };
          }
        }
      }
    },
  );
}

async function filesOf(
  version: BackboneVersion,
  format: ExportFormat,
  artifacts: ArtifactStore,
): Promise<NamedArtifact[]> {
  switch (format) {
    case ExportFormat.EXPORT_FORMAT_UNSPECIFIED:
    case ExportFormat.EXPORT_FORMAT_ONNX:
      return [{ name: `${version.backbone}-${version.number}.onnx`, artifact: version.onnxArtifact }];
    case ExportFormat.EXPORT_FORMAT_LAYERS_MODEL:
      return layersModelFiles(version, artifacts);
    default:
      throw new InvalidArgumentError(`format: expected ONNX or LAYERS_MODEL, got ${String(format)}`);
  }
}

/** `model.json`, then the shards in the order of its manifest. */
async function layersModelFiles(
  { backbone, number, imported, layersModelArtifact }: BackboneVersion,
  artifacts: ArtifactStore,
): Promise<NamedArtifact[]> {
  if (layersModelArtifact === null) {
    const why = imported
      ? `was imported as ONNX from ${imported.file}: train it further where it comes from`
      : 'was made before layers models were kept: retrain its run to have one';
    throw new FailedPreconditionError(`version ${number} of backbone "${backbone}" has no layers model; it ${why}`, {
      reason: 'NO_LAYERS_MODEL',
    });
  }
  const { weightsManifest } = JSON.parse((await artifacts.getBytes(layersModelArtifact)).toString()) as {
    weightsManifest: { paths: string[] }[];
  };
  const shards = weightsManifest.flatMap(({ paths }) => paths);
  return [
    { name: 'model.json', artifact: layersModelArtifact },
    ...shards.map((name) => ({ name, artifact: parseDigest(name.replace(/\.bin$/, ''), 'shard') })),
  ];
}
