import path from 'node:path';
import type {
  ImportBackboneVersionRequest,
  ImportBackboneVersionResponse,
  ImportVersionHeader,
} from '@outsider/contracts';
import { clientStreaming } from '@outsider/contracts/server';
import { parseBackboneName, type BackboneVersion, type Snapshot } from '@outsider/database';
import { InvalidArgumentError, parseDigest } from '@outsider/domain';
import type { AdoptedClassifier } from '../classifier/protocol.ts';
import { readAnnouncement, withReceivedFile, type AnnouncedFile } from '../classifier/receive-file.ts';
import { runClassifierProcess } from '../classifier/run-classifier-process.ts';
import { splitUpload } from '../classifier/split-upload.ts';
import { statePreprocessing } from '../classifier/state-preprocessing.ts';
import type { Context } from '../context.ts';
import { parseDetectionPlan } from '../detection-plan.ts';
import { toImportPayload } from '../finish-import.ts';
import { toBackboneVersionMessage } from '../messages/to-backbone-message.ts';
import { toJobMessage } from '../messages/to-job-message.ts';
import { versionDigest } from '../version-digest.ts';

/**
 * ImportBackboneVersion: everything that can be wrong with the settings is said before the file comes, everything that
 * can be wrong with the file before anything is registered; what follows is a job.
 */
export function importBackboneVersion(context: Context) {
  const { config, repositories, queue } = context;
  return clientStreaming<ImportBackboneVersionRequest, ImportBackboneVersionResponse>(
    'operator',
    async (requests, { principal, signal }) => {
      const { header, chunks } = await splitUpload(requests);
      parseBackboneName(header.backbone);
      const announced = readAnnouncement(header.file);
      const stated = statePreprocessing(header.preprocessing);
      const plan = parseDetectionPlan(header.detection);
      const classes = readClasses(header.classes);
      const snapshot = await repositories.datasets.getSnapshot(parseDigest(header.snapshotDigest, 'snapshot_digest'));
      requireKnownClasses(snapshot, classes);

      const { artifactsDir } = config;
      const folder = path.join(config.cacheDir, 'uploads');
      const adopted = await withReceivedFile(folder, announced, chunks, (file) =>
        runClassifierProcess({ kind: 'adopt', file, artifactsDir, layer: header.layer, classes, stated }, signal),
      );
      const version = await register(context, header, announced, adopted, principal.name);
      const job = await queue.enqueue({
        kind: 'import',
        payload: toImportPayload({
          backboneVersion: version.digest,
          snapshotDigest: snapshot.digest,
          plan,
          seed: header.detection?.seed ?? 0,
        }),
        exclusiveKey: `import:${version.digest}`,
        requestId: header.requestId || undefined,
        createdBy: principal.name,
      });
      return {
        version: toBackboneVersionMessage(version),
        job: toJobMessage(job),
        largestDifference: adopted.exportDifference,
        notes: [...adopted.notes],
      };
    },
  );
}

function readClasses(classes: readonly string[]): readonly string[] {
  if (classes.length < 2) throw new InvalidArgumentError(`classes: expected two or more, got ${classes.length}`);
  const repeated = classes.find((name, i) => name === '' || classes.indexOf(name) !== i);
  if (repeated !== undefined) {
    throw new InvalidArgumentError(
      `classes: expected names that differ, got ${repeated ? `"${repeated}" twice` : 'an empty one'}`,
    );
  }
  return classes;
}

function requireKnownClasses(snapshot: Snapshot, classes: readonly string[]): void {
  const strangers = snapshot.classes.filter((name) => !classes.includes(name));
  if (strangers.length > 0) {
    throw new InvalidArgumentError(
      `snapshot_digest: the classifier does not know the class ${strangers.slice(0, 5).join(', ')} of the snapshot; its classes are ${classes.slice(0, 20).join(', ')}`,
    );
  }
}

async function register(
  { repositories: { backbones } }: Context,
  { backbone, snapshotDigest, classes }: ImportVersionHeader,
  announced: AnnouncedFile,
  { notes: _, relevantLayer, ...adopted }: AdoptedClassifier,
  actor: string,
): Promise<BackboneVersion> {
  await backbones.ensure({ name: backbone, architecture: adopted.architecture }, actor);
  const parts = { ...adopted, weightsDigest: announced.digest };
  return backbones.registerImport({
    ...parts,
    digest: versionDigest(parts, classes),
    backbone,
    classes,
    recipe: {},
    snapshotDigest,
    imported: { by: actor, file: announced.name, layer: relevantLayer },
  });
}
