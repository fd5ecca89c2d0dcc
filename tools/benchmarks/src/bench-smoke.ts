/**
 * `npm run bench:smoke [-- --json FILE]`: images/s from JPEG to relevant layer through the embedding service, beside raw
 * ONNX Runtime on tensors that were prepared before. Both take turns in one run, so that a busy machine slows both.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { openArtifactStore } from '@outsider/artifacts';
import { createClient, decodeFloat32, EmbeddingServiceClient } from '@outsider/contracts';
import { createDatabase } from '@outsider/database';
import { testDatabase } from '@outsider/database/testing';
import { getArchitecture } from '@outsider/finetuning';
import { preprocess } from '@outsider/images';
import { openSession } from '@outsider/inference';
import { quantile } from '@outsider/metrics';
import { writeReport } from './report.ts';
import { drawPhotos } from './serving/draw-photos.ts';
import { seedBackbone } from './serving/seed-backbone.ts';
import { startEmbeddingService } from './serving/start-embedding-service.ts';

interface Options {
  readonly json?: string;
  readonly architecture: string;
  readonly rounds: number;
  readonly photos: number;
}

const options = new Command('bench:smoke')
  .option('--json <file>', 'where to write the figures')
  .option('--architecture <name>', 'backbone, with random weights', 'resnet50')
  .option('--rounds <number>', 'turns of each side', Number, 5)
  .option('--photos <number>', 'photos in a turn', Number, 48)
  .parse()
  .opts<Options>();

const threads = availableParallelism();
const batch = 8;
const folder = mkdtempSync(path.join(tmpdir(), 'outsider-bench-'));
const databaseUrl = await testDatabase();
const db = createDatabase(databaseUrl);

console.log(`${options.architecture}, ${threads} threads, batches of ${batch}, ${options.photos} photos a turn`);
const { digest, token, onnx } = await seedBackbone(db, await openArtifactStore(folder), options.architecture);
const photos = await drawPhotos(options.photos, 1);
const { preprocessing } = getArchitecture(options.architecture);
const tensors = await Promise.all(photos.map((photo) => preprocess(photo, preprocessing)));

const service = await startEmbeddingService({
  DATABASE_URL: databaseUrl,
  ARTIFACTS_DIR: folder,
  EMBEDDING_THREADS: String(threads),
  EMBEDDING_MAX_BATCH: String(batch),
});
const client = createClient(EmbeddingServiceClient, service.address, { token });
const session = await openSession(onnx, { threads });

let checksum = 0;

/** Images/s of ONNX Runtime alone: no decoding, no queue, no transport. */
async function rawRate(): Promise<number> {
  const startedAt = performance.now();
  for (let first = 0; first < tensors.length; first += batch) {
    const part = tensors.slice(first, first + batch);
    const joined = new Float32Array(part.length * session.imageLength);
    part.forEach((tensor, i) => joined.set(tensor, i * session.imageLength));
    const { relevant_layer: activations } = await session.run(joined, part.length, ['relevant_layer']);
    checksum += activations?.[0] ?? NaN;
  }
  return tensors.length / ((performance.now() - startedAt) / 1000);
}

/** Images/s of the whole way: JPEG over gRPC, decoded, prepared, batched, computed, activations back. */
async function servedRate(): Promise<number> {
  const startedAt = performance.now();
  const requests = photos.map((image, i) => ({
    id: String(i),
    request: { image, backboneVersion: digest, layers: ['relevant_layer'] },
  }));
  let answered = 0;
  for await (const { id, result } of client.embedStream(requests)) {
    if (result?.$case !== 'embedding') throw new Error(`photo ${id}: ${result?.value.message ?? 'no answer'}`);
    const [activation] = result.value.activations;
    checksum += decodeFloat32(activation?.values ?? Buffer.alloc(0), activation?.dimension ?? 0)[0] ?? NaN;
    answered++;
  }
  if (answered !== photos.length) throw new Error(`${answered} answers to ${photos.length} photos`);
  return answered / ((performance.now() - startedAt) / 1000);
}

await rawRate();
await servedRate();
const turns: { raw: number; served: number }[] = [];
for (let round = 1; round <= options.rounds; round++) {
  const turn = { raw: await rawRate(), served: await servedRate() };
  turns.push(turn);
  console.log(
    `turn ${round}: raw ${turn.raw.toFixed(1)}, served ${turn.served.toFixed(1)} images/s, ratio ${(turn.served / turn.raw).toFixed(2)}`,
  );
}
if (!Number.isFinite(checksum)) throw new Error('some activation is not a number');

const median = (values: readonly number[]): number => quantile(values, 0.5);
const figures = {
  'serving.imagesPerSecond': median(turns.map(({ served }) => served)),
  'serving.rawImagesPerSecond': median(turns.map(({ raw }) => raw)),
  'serving.overRawRatio': median(turns.map(({ served, raw }) => served / raw)),
};
for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(28)} ${value.toFixed(3)}`);
if (options.json)
  writeReport(options.json, figures, `npm run bench:smoke -- ${process.argv.slice(2).join(' ')}`.trim());

client.close();
await service.stop();
await session.close();
await db.$disconnect();
rmSync(folder, { recursive: true, force: true });
