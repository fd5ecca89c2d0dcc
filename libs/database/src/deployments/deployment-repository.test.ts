import {
  AbortedError,
  BackboneMismatchError,
  FailedPreconditionError,
  InvalidArgumentError,
  NotFoundError,
} from '@outsider/domain';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { auditRepository } from '../access/audit-repository.ts';
import { createDatabase, type Database } from '../client/create-database.ts';
import { sampleBundleParts } from '../testing/sample-store.ts';
import { testDatabase } from '../testing/test-database.ts';
import { deploymentRepository, parseAlias, type Bundle } from './deployment-repository.ts';

let db: Database;
const opened: Database[] = [];
beforeEach(async () => {
  db = createDatabase(await testDatabase());
  opened.push(db);
});
afterAll(() => Promise.all(opened.map((each) => each.$disconnect())));

async function makeBundle(): Promise<Bundle> {
  const { version, detector, threshold } = await sampleBundleParts(db);
  return deploymentRepository(db).createBundle(
    { backboneVersion: version.digest, detectorId: detector.id, thresholdId: threshold.id },
    'ada',
  );
}

describe('deploymentRepository', () => {
  it('makes one bundle of the same three parts', async () => {
    const { version, detector, threshold } = await sampleBundleParts(db);
    const parts = { backboneVersion: version.digest, detectorId: detector.id, thresholdId: threshold.id };
    const bundle = await deploymentRepository(db).createBundle(parts, 'ada');
    expect(bundle).toMatchObject({ ...parts, backbone: 'pets', createdBy: 'ada' });
    expect(await deploymentRepository(db).createBundle(parts, 'bob')).toEqual(bundle);
    expect(await deploymentRepository(db).getBundle(bundle.id)).toEqual(bundle);
  });

  it('lists bundles, newest first, and those of one version', async () => {
    const made = [await makeBundle(), await makeBundle(), await makeBundle()];
    const deployments = deploymentRepository(db);
    expect((await deployments.listBundles()).items).toEqual([...made].reverse());
    const page = await deployments.listBundles({ pageSize: 2 });
    expect((await deployments.listBundles({ pageSize: 2, pageToken: page.nextPageToken })).items).toEqual([made[0]]);
    expect((await deployments.listBundles({ backboneVersion: made[1]!.backboneVersion })).items).toEqual([made[1]]);
  });

  it('refuses parts that do not belong together, and names what is missing', async () => {
    const one = await sampleBundleParts(db);
    const other = await sampleBundleParts(db);
    const deployments = deploymentRepository(db);
    const bind = (backboneVersion: string, detectorId: string, thresholdId: string) =>
      deployments.createBundle({ backboneVersion, detectorId, thresholdId }, 'ada');
    const mixture = await bind(one.version.digest, other.detector.id, other.threshold.id).catch(
      (error: unknown) => error,
    );
    expect(mixture).toBeInstanceOf(BackboneMismatchError);
    expect(mixture).toMatchObject({ details: { expected: one.version.digest, actual: other.version.digest } });
    await expect(bind(one.version.digest, one.detector.id, other.threshold.id)).rejects.toThrow(
      FailedPreconditionError,
    );
    await expect(bind('f'.repeat(64), one.detector.id, one.threshold.id)).rejects.toThrow(NotFoundError);
    await expect(bind(one.version.digest, 'no uuid', one.threshold.id)).rejects.toThrow('no detector "no uuid"');
  });

  it('promotes, rolls back step by step, and forgets nothing', async () => {
    const deployments = deploymentRepository(db);
    const [a, b, c] = [await makeBundle(), await makeBundle(), await makeBundle()];
    const current = async () => (await deployments.getCurrent({ backbone: 'pets' })).bundle.id;
    const rollBack = () => deployments.rollBack({ backbone: 'pets', reason: 'too many alarms' }, 'bob');
    for (const { id } of [a, b, c]) await deployments.promote({ bundleId: id, reason: 'better' }, 'ada');
    expect(await current()).toBe(c.id);
    await rollBack();
    expect(await current()).toBe(b.id);
    await rollBack();
    expect(await current()).toBe(a.id);
    await expect(rollBack()).rejects.toThrow('production of backbone "pets" has no earlier bundle to go back to');
    await deployments.promote({ bundleId: c.id, reason: 'fixed' }, 'ada');
    expect((await rollBack()).bundle.id).toBe(a.id);

    const { items, nextPageToken } = await deployments.history({ backbone: 'pets', pageSize: 5 });
    const rest = await deployments.history({ backbone: 'pets', pageSize: 5, pageToken: nextPageToken });
    expect([...items, ...rest.items].map(({ bundle, action }) => [bundle.id, action])).toEqual([
      [a.id, 'roll-back'],
      [c.id, 'promote'],
      [a.id, 'roll-back'],
      [b.id, 'roll-back'],
      [c.id, 'promote'],
      [b.id, 'promote'],
      [a.id, 'promote'],
    ]);
    const audit = (await auditRepository(db).list({ subject: `bundle:${a.id}` })).items;
    expect(audit.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      'bob roll-back-deployment',
      'bob roll-back-deployment',
      'ada promote-bundle',
      'ada create-bundle',
    ]);
  });

  it('promotes for a job once, and not for a worker that lost it', async () => {
    const deployments = deploymentRepository(db);
    const { version, detector, threshold, lease } = await sampleBundleParts(db);
    const bundle = await deployments.createBundle(
      { backboneVersion: version.digest, detectorId: detector.id, thresholdId: threshold.id },
      'ada',
    );
    const promotion = { bundleId: bundle.id, reason: 'the run says so' };
    const first = await deployments.promote(promotion, 'ada', lease);
    expect(await deployments.promote(promotion, 'ada', lease)).toEqual(first);
    const stale = { ...lease, fence: lease.fence - 1 };
    await expect(deployments.promote(promotion, 'ada', stale)).rejects.toThrow(AbortedError);
    expect((await deployments.history()).items).toEqual([first]);
  });

  it('keeps aliases apart', async () => {
    const deployments = deploymentRepository(db);
    const [live, candidate] = [await makeBundle(), await makeBundle()];
    await expect(deployments.getCurrent()).rejects.toThrow(NotFoundError);
    await deployments.promote({ bundleId: live.id, reason: 'first' }, 'ada');
    await deployments.promote({ bundleId: candidate.id, alias: 'shadow', reason: 'to compare' }, 'ada');
    expect((await deployments.getCurrent()).bundle.id).toBe(live.id);
    expect((await deployments.getCurrent({ alias: 'shadow' })).bundle.id).toBe(candidate.id);
    expect((await deployments.listCurrent()).map(({ alias }) => alias)).toEqual(['shadow', 'production']);
    expect(await deployments.findCurrent({ backbone: 'unknown' })).toBeUndefined();
  });

  it('wants a reason and a known alias', async () => {
    const { id } = await makeBundle();
    await expect(deploymentRepository(db).promote({ bundleId: id, reason: '  ' }, 'ada')).rejects.toThrow(
      InvalidArgumentError,
    );
    expect(() => parseAlias('staging')).toThrow('alias: expected "production" or "shadow", got "staging"');
    expect(parseAlias('')).toBe('production');
  });
});
