import { beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { afterAll } from 'vitest';
import { createDatabase, type Database } from './client/create-database.ts';
import { digestOf, sampleBundleParts } from './testing/sample-store.ts';
import { testDatabase } from './testing/test-database.ts';

// Plain SQL on purpose: these are the rules that hold whatever program writes to the store.
let sql: pg.Client;
let db: Database;
let one: Awaited<ReturnType<typeof sampleBundleParts>>;
let other: Awaited<ReturnType<typeof sampleBundleParts>>;

beforeAll(async () => {
  const url = await testDatabase();
  db = createDatabase(url);
  one = await sampleBundleParts(db);
  other = await sampleBundleParts(db);
  sql = new pg.Client({ connectionString: url });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await db.$disconnect();
});

async function insertJob(columns: Record<string, unknown> = {}): Promise<string> {
  const row = { id: crypto.randomUUID(), kind: 'train', payload: {}, createdBy: 'tester', ...columns };
  const names = Object.keys(row);
  const text = `INSERT INTO "Job" (${names.map((name) => `"${name}"`).join()}) VALUES (${names.map((_, i) => `$${i + 1}`).join()})`;
  await sql.query(text, Object.values(row));
  return row.id;
}

describe('the store', () => {
  it('refuses a bundle whose detector belongs to another backbone version', async () => {
    const { backboneId } = await db.backboneVersion.findUniqueOrThrow({ where: { digest: one.version.digest } });
    const mixed = [one.version.digest, other.detector.id, other.threshold.id, backboneId];
    const insert = sql.query(
      `INSERT INTO "Bundle" ("id", "backboneVersionDigest", "detectorId", "thresholdId", "backboneId", "createdBy")
       VALUES (gen_random_uuid(), $1, $2, $3, $4, 'tester')`,
      mixed,
    );
    await expect(insert).rejects.toThrow('Bundle_detectorId_backboneVersionDigest_fkey');
  });

  it('refuses a bundle whose threshold belongs to another detector', async () => {
    const { backboneId } = await db.backboneVersion.findUniqueOrThrow({ where: { digest: one.version.digest } });
    const insert = sql.query(
      `INSERT INTO "Bundle" ("id", "backboneVersionDigest", "detectorId", "thresholdId", "backboneId", "createdBy")
       VALUES (gen_random_uuid(), $1, $2, $3, $4, 'tester')`,
      [one.version.digest, one.detector.id, other.threshold.id, backboneId],
    );
    await expect(insert).rejects.toThrow('Bundle_thresholdId_detectorId_backboneVersionDigest_fkey');
  });

  it('refuses to deploy a bundle to another backbone', async () => {
    const { backboneId } = await db.backboneVersion.findUniqueOrThrow({ where: { digest: one.version.digest } });
    const key = {
      backboneVersionDigest: one.version.digest,
      detectorId: one.detector.id,
      thresholdId: one.threshold.id,
    };
    const bundle = await db.bundle.create({ data: { ...key, backboneId, createdBy: 'tester' } });
    const stranger = await db.backbone.create({ data: { name: 'stranger', architecture: 'tiny' } });
    const insert = sql.query(
      `INSERT INTO "Deployment" ("id", "backboneId", "alias", "bundleId", "action", "author", "reason")
       VALUES (gen_random_uuid(), $1, 'production', $2, 'promote', 'tester', 'because')`,
      [stranger.id, bundle.id],
    );
    await expect(insert).rejects.toThrow('Deployment_bundleId_backboneId_fkey');
  });

  it.each([
    ['nothing', {}],
    ['half an import', { importedBy: 'ada', importedFile: 'boats.onnx' }],
    ['both', { runId: '', importedBy: 'ada', importedFile: 'boats.onnx', importedLayer: 'fc' }],
  ])('refuses a backbone version that comes from %s', async (_, origin) => {
    const { runId, ...row } = await db.backboneVersion.findUniqueOrThrow({ where: { digest: one.version.digest } });
    const copy = { ...row, digest: digestOf('no origin'), number: 99, ...origin, ...('runId' in origin && { runId }) };
    const names = Object.keys(copy);
    const json = ['preprocessing', 'layers', 'recipe'];
    const values = Object.entries(copy).map(([name, value]) => (json.includes(name) ? JSON.stringify(value) : value));
    const insert = sql.query(
      `INSERT INTO "BackboneVersion" (${names.map((name) => `"${name}"`).join()}) VALUES (${names.map((_name, i) => `$${i + 1}`).join()})`,
      values,
    );
    await expect(insert).rejects.toThrow('made_by_a_run_or_imported');
  });

  it('refuses activations of another preprocessing than their version has', async () => {
    const insert = sql.query(
      `INSERT INTO "ActivationSet" ("id", "snapshotDigest", "backboneVersionDigest", "layer", "preprocessingDigest", "artifact", "rows", "dimension")
       VALUES (gen_random_uuid(), $1, $2, 'pooled', $3, $3, 1, 1)`,
      [one.run.snapshotDigest, one.version.digest, digestOf('another preprocessing')],
    );
    await expect(insert).rejects.toThrow('ActivationSet_backboneVersionDigest_preprocessingDigest_fkey');
  });

  it.each([
    'DatasetSnapshot',
    'SnapshotItem',
    'BackboneVersion',
    'Detector',
    'Threshold',
    'ThresholdActivation',
    'JobEvent',
    'AuditEvent',
  ])('never changes or deletes rows of %s', async (table) => {
    await sql.query(
      `INSERT INTO "JobEvent" ("jobId", "sequence", "kind", "data") VALUES ($1, 1, 'log', '{}') ON CONFLICT DO NOTHING`,
      [await insertJob()],
    );
    const [column] = Object.keys((await sql.query(`SELECT * FROM "${table}" LIMIT 1`)).rows[0] as object);
    const message = `rows of ${table} are written once and never changed or deleted`;
    await expect(sql.query(`UPDATE "${table}" SET "${column}" = "${column}"`)).rejects.toThrow(message);
    await expect(sql.query(`DELETE FROM "${table}"`)).rejects.toThrow(message);
    await expect(sql.query(`TRUNCATE "${table}" CASCADE`)).rejects.toThrow('are written once');
  });

  it('keeps splits disjoint: the same photo twice in a snapshot is refused', async () => {
    const insert = sql.query(
      `INSERT INTO "SnapshotItem" ("snapshotDigest", "position", "contentDigest", "path", "split", "label", "bytes")
       SELECT "snapshotDigest", 1000, "contentDigest", 'copy.jpg', 'test', 'cat', 1 FROM "SnapshotItem" WHERE "split" = 'train' LIMIT 1`,
    );
    await expect(insert).rejects.toThrow('SnapshotItem_snapshotDigest_contentDigest_key');
  });

  it.each([
    ['both a label and a group', 'test', 'cat', 'cars', 'label_or_group'],
    ['neither a label nor a group', 'test', null, null, 'label_or_group'],
    ['an irrelevant photo to train on', 'train', null, 'cars', 'train_and_calibrate_are_in_distribution'],
    ['an irrelevant photo to calibrate on', 'calibrate', null, 'cars', 'train_and_calibrate_are_in_distribution'],
    ['an in-distribution photo to select on', 'select', 'cat', null, 'select_is_irrelevant'],
  ])('refuses %s', async (_, split, label, group, constraint) => {
    const insert = sql.query(
      `INSERT INTO "SnapshotItem" ("snapshotDigest", "position", "contentDigest", "path", "split", "label", "group", "bytes")
       VALUES ($1, 1001, $2, 'x.jpg', $3, $4, $5, 1)`,
      [one.run.snapshotDigest, digestOf('x'), split, label, group],
    );
    await expect(insert).rejects.toThrow(constraint);
  });

  it.each(['ABC', digestOf('x').toUpperCase(), digestOf('x').slice(1)])('refuses the digest %s', async (digest) => {
    const insert = sql.query(
      `INSERT INTO "SignInCode" ("codeHash", "role", "expiresAt") VALUES ($1, 'viewer', now())`,
      [digest],
    );
    await expect(insert).rejects.toThrow('codeHash_is_sha256');
  });

  it('moves jobs only forward', async () => {
    const id = await insertJob();
    await expect(
      sql.query(`UPDATE "Job" SET "state" = 'succeeded', "finishedAt" = now() WHERE "id" = $1`, [id]),
    ).rejects.toThrow('cannot succeed before it has run');
    await expect(sql.query(`UPDATE "Job" SET "state" = 'running' WHERE "id" = $1`, [id])).rejects.toThrow(
      'running_has_a_heartbeat',
    );
    await sql.query(
      `UPDATE "Job" SET "state" = 'running', "fence" = 1, "heartbeatAt" = now(), "startedAt" = now() WHERE "id" = $1`,
      [id],
    );
    await expect(sql.query(`UPDATE "Job" SET "state" = 'queued' WHERE "id" = $1`, [id])).rejects.toThrow(
      'cannot go back to queued',
    );
    await expect(sql.query(`UPDATE "Job" SET "fence" = 0 WHERE "id" = $1`, [id])).rejects.toThrow('only grow');
    await expect(sql.query(`UPDATE "Job" SET "payload" = '{"other": 1}' WHERE "id" = $1`, [id])).rejects.toThrow(
      'does not change',
    );
    await expect(
      sql.query(`UPDATE "Job" SET "state" = 'failed', "finishedAt" = now() WHERE "id" = $1`, [id]),
    ).rejects.toThrow('failed_says_why');
    await expect(sql.query(`UPDATE "Job" SET "state" = 'cancelled' WHERE "id" = $1`, [id])).rejects.toThrow(
      'final_has_an_end',
    );
    await sql.query(`UPDATE "Job" SET "state" = 'succeeded', "finishedAt" = now() WHERE "id" = $1`, [id]);
    await expect(sql.query(`UPDATE "Job" SET "state" = 'running' WHERE "id" = $1`, [id])).rejects.toThrow(
      'does not change any more',
    );
    await expect(sql.query(`UPDATE "Job" SET "result" = '1' WHERE "id" = $1`, [id])).rejects.toThrow(
      'does not change any more',
    );
  });

  it('admits one unfinished job for each exclusive key', async () => {
    const exclusiveKey = 'train:pets';
    const first = await insertJob({ exclusiveKey });
    await expect(insertJob({ exclusiveKey })).rejects.toThrow('Job_exclusiveKey_unfinished_key');
    await sql.query(`UPDATE "Job" SET "state" = 'cancelled', "finishedAt" = now() WHERE "id" = $1`, [first]);
    await insertJob({ exclusiveKey });
  });

  it('numbers events without gaps', async () => {
    const id = await insertJob();
    const insert = (sequence: number) =>
      sql.query(`INSERT INTO "JobEvent" ("jobId", "sequence", "kind", "data") VALUES ($1, $2, 'log', '{}')`, [
        id,
        sequence,
      ]);
    await insert(1);
    await expect(insert(3)).rejects.toThrow('expected 2, got 3');
    await insert(2);
  });

  it('sets the outcome of a run once, and never its settings', async () => {
    await expect(
      sql.query(`UPDATE "Run" SET "versionDigest" = $2 WHERE "id" = $1`, [one.run.id, other.version.digest]),
    ).rejects.toThrow('has its backbone version already');
    await expect(sql.query(`UPDATE "Run" SET "seed" = 99 WHERE "id" = $1`, [one.run.id])).rejects.toThrow('settings');
  });

  it('refuses a second version of one run', async () => {
    const columns = Object.keys(await db.backboneVersion.findFirstOrThrow());
    const values = columns.map((name) => (name === 'digest' ? '$1' : name === 'number' ? '99' : `"${name}"`));
    const insert = sql.query(
      `INSERT INTO "BackboneVersion" (${columns.map((name) => `"${name}"`).join()}) SELECT ${values.join()} FROM "BackboneVersion" LIMIT 1`,
      [digestOf('second')],
    );
    await expect(insert).rejects.toThrow('BackboneVersion_runId_key');
  });
});
