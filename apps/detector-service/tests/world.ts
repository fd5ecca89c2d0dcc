import { encodeNpy, encodeSafetensors, openArtifactStore, sha256, type ArtifactStore } from '@outsider/artifacts';
import { createClient, DetectorServiceClient } from '@outsider/contracts';
import { createDatabase, jobRepository, tokenRepository, type Database, type Job } from '@outsider/database';
import { testDatabase } from '@outsider/database/testing';
import type { Layer, Role } from '@outsider/domain';
import { createLogger } from '@outsider/runtime';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../src/config.ts';
import { openContext } from '../src/context.ts';
import { startDetectorService } from '../src/detector-service.ts';
import { startScriptedEmbedding, type ScriptedEmbedding } from './scripted-embedding.ts';
import { storeVersion, type StoredRecords } from './store-version.ts';
import {
  classes,
  syntheticActivations,
  usualPlan,
  type Plan,
  type SyntheticActivations,
} from './synthetic-activations.ts';

/** A backbone version that is stored, and the activations that it gives. */
export interface StoredVersion extends StoredRecords {
  readonly activations: SyntheticActivations;
  /** Encoded photo of each row. */
  readonly photos: readonly Buffer[];
}

export type DetectorClient = ReturnType<World['client']>;

/** The whole service over a real port against a real store, with what tests need around it. */
export type World = Awaited<ReturnType<typeof startWorld>>;

export interface WorldOptions {
  /** Default: a database of its own on the server that tests share. */
  readonly databaseUrl?: string;
  /** Starts the embedding service to use and says where it listens. Default: the scripted one. */
  readonly startEmbedding?: (store: { readonly databaseUrl: string; readonly folder: string }) => Promise<string>;
}

export async function startWorld({ databaseUrl, startEmbedding }: WorldOptions = {}) {
  const url = databaseUrl ?? (await testDatabase());
  const folder = await mkdtemp(path.join(tmpdir(), 'outsider-detector-'));
  const artifacts = await openArtifactStore(folder);
  const db = createDatabase(url);
  const tokens = tokenRepository(db);
  const embedding = await startScriptedEmbedding();
  const secrets = {
    operator: (await tokens.create({ name: 'olga', role: 'operator' }, 'test')).secret,
    viewer: (await tokens.create({ name: 'vera', role: 'viewer' }, 'test')).secret,
    service: (await tokens.create({ name: 'services', role: 'operator', kind: 'service' }, 'test')).secret,
  };
  const config = readConfig({
    DETECTOR_ADDRESS: '127.0.0.1:0',
    EMBEDDING_ADDRESS: (await startEmbedding?.({ databaseUrl: url, folder })) ?? embedding.address,
    DATABASE_URL: url,
    ARTIFACTS_DIR: folder,
    SERVICE_TOKEN: secrets.service,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'fatal',
  });
  const logger = createLogger({ name: 'test', level: config.logLevel });
  let context = await openContext(config, logger);
  let service = await startDetectorService(context);
  const closers: (() => unknown)[] = [];

  function client(role: Role = 'operator') {
    const made = createClient(DetectorServiceClient, service.address, { token: secrets[role] });
    closers.push(() => made.close());
    return made;
  }

  return {
    db,
    artifacts,
    get context() {
      return context;
    },
    embedding,
    folder,
    secrets,
    get address() {
      return service.address;
    },
    client,
    /** Stops the service as SIGTERM does, and starts another one. */
    async restart() {
      await service.stop();
      context = await openContext(config, logger);
      service = await startDetectorService(context);
    },
    jobs: jobRepository(db),
    addVersion: (options: VersionOptions = {}) => addVersion(db, artifacts, embedding, options),
    async finished(job: { readonly id: string } | undefined): Promise<Job> {
      const jobs = jobRepository(db);
      for await (const _ of jobs.watchEvents(job?.id ?? '', 0, AbortSignal.timeout(60_000)));
      return jobs.get(job?.id ?? '');
    },
    async logOf(jobId: string): Promise<string[]> {
      const events = await jobRepository(db).eventsAfter(jobId, 0);
      return events.flatMap((event) => (event.kind === 'log' ? [event.line] : []));
    },
    async stop() {
      for (const close of closers) close();
      await service.stop();
      await embedding.stop();
      await db.$disconnect();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface VersionOptions {
  readonly plan?: Plan;
  readonly seed?: number;
  /** Stores the activations, too, so that nothing needs to be embedded. Default true. */
  readonly embedded?: boolean;
}

/** Stores a snapshot, a backbone version trained on it, and the activations that it gives. */
async function addVersion(
  db: Database,
  artifacts: ArtifactStore,
  embedding: ScriptedEmbedding,
  { plan = usualPlan, seed = 1, embedded = true }: VersionOptions,
): Promise<StoredVersion> {
  const activations = syntheticActivations(plan, seed);
  const unique = randomUUID();
  const photos = activations.rows.map((_, i) => Buffer.from(`photo ${i} of ${unique}`));
  const items = await Promise.all(
    activations.rows.map(async ({ split, label, group }, position) => ({
      position,
      // Photos that are embedded already are never read.
      contentDigest: embedded ? sha256(photos[position]) : (await artifacts.putBytes(photos[position])).digest,
      path: `${label >= 0 ? classes[label] : group}/${position}.jpg`,
      split,
      label: label >= 0 ? classes[label] : null,
      group: label >= 0 ? null : group,
      bytes: photos[position].length,
    })),
  );
  const { weight, bias } = activations.outputLayer;
  const head = await artifacts.putBytes(
    encodeSafetensors({
      tensors: {
        'output_layer.weight': { shape: [weight.length / bias.length, bias.length], data: weight },
        'output_layer.bias': { shape: [bias.length], data: bias },
      },
    }),
  );
  const shapes = Object.entries(activations.byLayer) as [Layer, { dimension: number; data: Float32Array }][];
  const layers = shapes.map(([layer, { dimension }]) => ({ layer, dimension }));
  const records = await storeVersion(db, { classes, items, layers, headArtifact: head.digest });
  const { digest, snapshotDigest, preprocessingDigest } = records;
  if (embedded) {
    for (const [layer, { dimension, data }] of shapes) {
      const rows = data.length / dimension;
      const { digest: artifact } = await artifacts.putBytes(encodeNpy({ shape: [rows, dimension], data }));
      await db.activationSet.create({
        data: { snapshotDigest, backboneVersionDigest: digest, layer, preprocessingDigest, artifact, rows, dimension },
      });
    }
  }
  embedding.teach(digest, preprocessingDigest, photos, activations);
  return { ...records, activations, photos };
}
