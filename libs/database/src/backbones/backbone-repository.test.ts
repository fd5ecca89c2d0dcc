import { AbortedError, AlreadyExistsError, InvalidArgumentError, NotFoundError } from '@outsider/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditRepository } from '../access/audit-repository.ts';
import { createDatabase, type Database } from '../client/create-database.ts';
import { runRepository } from '../experiments/run-repository.ts';
import { digestOf, sampleRun, sampleVersion } from '../testing/sample-store.ts';
import { testDatabase } from '../testing/test-database.ts';
import { backboneRepository } from './backbone-repository.ts';

let db: Database;
beforeAll(async () => {
  db = createDatabase(await testDatabase());
});
afterAll(() => db.$disconnect());

describe('backboneRepository', () => {
  it('makes a backbone once, and only under a proper name and with one architecture', async () => {
    const backbones = backboneRepository(db);
    const made = await Promise.all(
      [1, 2, 3].map(() => backbones.ensure({ name: 'birds', architecture: 'tiny' }, 'ada')),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect((await auditRepository(db).list({ subject: 'backbone:birds' })).items).toHaveLength(1);
    await expect(backbones.ensure({ name: 'birds', architecture: 'resnet50' }, 'ada')).rejects.toThrow('is a tiny');
    await expect(backbones.ensure({ name: 'Two Birds', architecture: 'tiny' }, 'ada')).rejects.toThrow(
      InvalidArgumentError,
    );
    await expect(backbones.get('unknown')).rejects.toThrow('no backbone "unknown"');
  });

  it('registers the versions of runs under consecutive numbers, each whole', async () => {
    const backbones = backboneRepository(db);
    const runs = [await sampleRun(db), await sampleRun(db), await sampleRun(db)];
    const versions = await Promise.all(
      runs.map(({ run, lease }) => backbones.registerVersion(sampleVersion(run, 'pets'), lease, 'ada')),
    );
    expect(versions.map(({ number }) => number).sort()).toEqual([1, 2, 3]);
    const { number: _, createdAt: __, ...stored } = await backbones.getVersion(versions[0]!.digest);
    expect(stored).toEqual({ ...sampleVersion(runs[0]!.run, 'pets'), imported: null });
    expect((await runRepository(db).get(runs[0]!.run.id)).backboneVersion).toBe(versions[0]!.digest);
    const { items } = await backbones.listVersions({ backbone: 'pets' });
    expect(items.map(({ number }) => number)).toEqual([3, 2, 1]);
  });

  it('keeps the version that a run has already, whatever a second attempt made', async () => {
    const backbones = backboneRepository(db);
    const { run, lease } = await sampleRun(db);
    const first = await backbones.registerVersion(sampleVersion(run, 'pets'), lease, 'ada');
    expect(await backbones.registerVersion(sampleVersion(run, 'pets', 'slightly different'), lease, 'ada')).toEqual(
      first,
    );

    const equal = await sampleRun(db);
    const same = { ...sampleVersion(run, 'pets'), runId: equal.run.id };
    expect(await backbones.registerVersion(same, equal.lease, 'ada')).toEqual(first);
    expect((await runRepository(db).get(equal.run.id)).backboneVersion).toBe(first.digest);
  });

  it('keeps the layers model of a version', async () => {
    const { run, lease } = await sampleRun(db);
    const layersModelArtifact = digestOf('model.json');
    const input = { ...sampleVersion(run, 'pets'), layersModelArtifact };
    expect(await backboneRepository(db).registerVersion(input, lease, 'ada')).toMatchObject({ layersModelArtifact });
    expect(await backboneRepository(db).getVersion(input.digest)).toMatchObject({ layersModelArtifact });
  });

  it('refuses a worker whose lease is older than the job’s', async () => {
    const { run, lease } = await sampleRun(db);
    const stale = { ...lease, fence: lease.fence - 1 };
    await expect(backboneRepository(db).registerVersion(sampleVersion(run, 'pets'), stale, 'ada')).rejects.toThrow(
      AbortedError,
    );
    expect(await backboneRepository(db).findVersion(sampleVersion(run, 'pets').digest)).toBeUndefined();
    await expect(backboneRepository(db).getVersion(digestOf('nothing'))).rejects.toThrow(NotFoundError);
  });

  it('registers a classifier from elsewhere once, without a run', async () => {
    const backbones = backboneRepository(db);
    const { run } = await sampleRun(db);
    const { runId: _, layersModelArtifact: __, ...version } = sampleVersion(run, 'boats', 'imported');
    const input = { ...version, imported: { by: 'ada', file: 'boats.onnx', layer: '/fc/Relu_output_0' } };
    await expect(backbones.registerImport(input)).rejects.toThrow(NotFoundError);
    await backbones.ensure({ name: 'boats', architecture: 'tiny' }, 'ada');

    const [first, again] = [await backbones.registerImport(input), await backbones.registerImport(input)];
    expect(first).toMatchObject({ number: 1, runId: null, layersModelArtifact: null, imported: input.imported });
    expect(again).toEqual(first);
    expect(await backbones.getVersion(input.digest)).toEqual(first);
    const { items } = await auditRepository(db).list({ subject: `backbone-version:${input.digest}` });
    expect(items).toMatchObject([{ actor: 'ada', action: 'import-backbone-version' }]);

    await expect(backbones.registerImport({ ...input, backbone: 'pets' })).rejects.toThrow(AlreadyExistsError);
    await expect(backbones.registerImport({ ...input, backbone: 'pets' })).rejects.toThrow(
      'version 1 of backbone "boats" already',
    );
  });
});
