import type { Backbone as BackboneMessage, BackboneVersion as BackboneVersionMessage } from '@outsider/contracts';
import type { Backbone, BackboneVersion } from '@outsider/database';

export function toBackboneMessage({ name, architecture, createdAt }: Backbone): BackboneMessage {
  return { name, architecture, createTime: createdAt };
}

export function toBackboneVersionMessage(version: BackboneVersion): BackboneVersionMessage {
  const { digest, backbone, number, architecture, preprocessingDigest, snapshotDigest, createdAt, imported } = version;
  return {
    digest,
    backbone,
    number,
    architecture,
    classes: [...version.classes],
    preprocessingDigest,
    layers: version.layers.map(({ layer, dimension }) => ({ layer, dimension })),
    snapshotDigest,
    runId: version.runId ?? '',
    createTime: createdAt,
    imported: imported
      ? { by: imported.by, fileName: imported.file, fileDigest: version.weightsDigest, layer: imported.layer }
      : undefined,
  };
}
