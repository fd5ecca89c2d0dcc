import type { ThresholdPolicy } from '@outsider/contracts';
import { InvalidArgumentError, NotFoundError, PermissionDeniedError, TooFewSamplesError } from '@outsider/domain';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeScores } from '../src/calibration/stored-scores.ts';
import type { FitResult } from '../src/jobs/publish-detectors.ts';
import { startWorld, type StoredVersion, type World } from './world.ts';

let world: World;
let version: StoredVersion;
let result: FitResult;
let detectorId: string;

beforeAll(async () => {
  world = await startWorld();
  version = await world.addVersion();
  const methods = ['active-share', 'knn'].map((name) => ({ name, options: undefined }));
  const { job } = await world.client().fitDetectors({
    backboneVersion: version.digest,
    snapshotDigest: '',
    methods,
    policy: undefined,
    seed: 1,
    requestId: '',
  });
  result = (await world.finished(job)).result as unknown as FitResult;
  // Active shares overlap, so that rates lie between 0 and 1.
  [detectorId] = result.detectors;
});
afterAll(() => world?.stop());

const quantile = (falseAlarmRate: number): ThresholdPolicy => ({
  policy: { $case: 'quantile', value: { falseAlarmRate } },
  abstainShare: 0,
});
const manual = (value: number): ThresholdPolicy => ({ policy: { $case: 'manual', value: { value } }, abstainShare: 0 });

/** Scores of the rows for which `wanted` holds. */
async function scoresOf(wanted: (row: StoredVersion['activations']['rows'][number]) => boolean): Promise<number[]> {
  const { scoresArtifact } = await world.context.repositories.detectors.get(detectorId);
  const { rows } = version.activations;
  const scores = decodeScores(await world.artifacts.getBytes(scoresArtifact), rows.length, scoresArtifact);
  return [...scores].filter((_, i) => wanted(rows[i]));
}

describe('PreviewThreshold', () => {
  it('counts what a threshold would do on photos of the split test', async () => {
    const preview = await world.client('viewer').previewThreshold({ detectorId, policy: manual(1) });
    const { threshold } = preview;
    const alarms = (await scoresOf(({ split, label }) => split === 'test' && label >= 0)).filter((score) => score > 1);
    const misses = (await scoresOf(({ split, label }) => split === 'test' && label < 0)).filter((score) => score <= 1);
    expect(threshold).toMatchObject({ id: '', author: '', value: 1, calibrationPhotos: 60 });
    expect(threshold?.falseAlarm).toMatchObject({ events: alarms.length, photos: 40, value: alarms.length / 40 });
    expect(threshold?.miss).toMatchObject({ events: misses.length, photos: 36 });
    expect(threshold?.byClass.map(({ name }) => name)).toEqual(['cat', 'dog']);
    expect(threshold?.byGroup.map(({ name }) => name)).toEqual(['birds', 'cars', 'unseen']);
    const { low = NaN, value = NaN, high = NaN } = threshold?.falseAlarm ?? {};
    expect(low).toBeLessThanOrEqual(value);
    expect(high).toBeGreaterThan(value);
  });

  it('fixes a quantile on photos of the split calibrate', async () => {
    const { threshold } = await world.client('viewer').previewThreshold({ detectorId, policy: quantile(0.2) });
    const calibration = (await scoresOf(({ split }) => split === 'calibrate')).sort((a, b) => b - a);
    // 0.2 of 61 is 12.2: the twelfth most novel.
    expect(threshold?.value).toBe(calibration[11]);
  });

  it('fixes a detection rate on photos of the split select', async () => {
    const policy: ThresholdPolicy = {
      policy: { $case: 'detectionRate', value: { detectionRate: 0.5 } },
      abstainShare: 0,
    };
    const { threshold } = await world.client('viewer').previewThreshold({ detectorId, policy });
    const select = await scoresOf(({ split }) => split === 'select');
    const detected = select.filter((score) => score > (threshold?.value ?? NaN)).length;
    expect(detected).toBeGreaterThanOrEqual(select.length / 2);
  });

  it('takes the certificate at 5 % and 95 % where nothing is said', async () => {
    const { threshold } = await world.client('viewer').previewThreshold({ detectorId, policy: undefined });
    const value = { falseAlarmRate: 0.05, confidence: 0.95 };
    expect(threshold?.policy).toEqual({ policy: { $case: 'certificate', value }, abstainShare: 0 });
    // Of 60 calibration scores only the most novel one will do: 0.95^60 < 5 %, but not for the second.
    const calibration = await scoresOf(({ split }) => split === 'calibrate');
    expect(threshold?.value).toBe(Math.max(...calibration));
  });

  it('stores nothing', async () => {
    const before = await world.context.repositories.thresholds.list(detectorId);
    await world.client('viewer').previewThreshold({ detectorId, policy: manual(0) });
    const after = await world.context.repositories.thresholds.list(detectorId);
    expect(after.items.length).toBe(before.items.length);
  });

  it('refuses what cannot be promised', async () => {
    const client = world.client();
    const strict: ThresholdPolicy = {
      policy: { $case: 'certificate', value: { falseAlarmRate: 0.01, confidence: 0.95 } },
      abstainShare: 0,
    };
    const failure = client.previewThreshold({ detectorId, policy: strict });
    await expect(failure).rejects.toThrow('needs at least 299 samples, got 60 (239 more are needed)');
    await expect(failure).rejects.toMatchObject({ code: new TooFewSamplesError('', 1, 0).code });
    await expect(client.previewThreshold({ detectorId, policy: quantile(-1) })).rejects.toThrow(InvalidArgumentError);
    await expect(client.previewThreshold({ detectorId, policy: manual(NaN) })).rejects.toThrow('finite');
    const band = { ...manual(0), abstainShare: 1 };
    await expect(client.previewThreshold({ detectorId, policy: band })).rejects.toThrow('abstain_share');
    await expect(client.previewThreshold({ detectorId: randomUUID(), policy: manual(0) })).rejects.toThrow(
      NotFoundError,
    );
  });
});

describe('CalibrateThreshold', () => {
  it('stores the threshold with its author and reason and puts it in force', async () => {
    const client = world.client();
    const { threshold } = await client.calibrateThreshold({
      detectorId,
      policy: quantile(0.1),
      reason: 'fewer misses',
    });
    expect(threshold).toMatchObject({ detectorId, author: 'olga', reason: 'fewer misses' });
    expect(threshold?.id).not.toBe('');
    const { detector } = await world.client('viewer').getDetector({ detectorId });
    expect(detector?.threshold).toEqual(threshold);
  });

  it('asks for a reason', async () => {
    const failure = world.client().calibrateThreshold({ detectorId, policy: manual(0), reason: ' ' });
    await expect(failure).rejects.toThrow('reason: expected one sentence');
  });

  it('is for operators', async () => {
    const failure = world.client('viewer').calibrateThreshold({ detectorId, policy: manual(0), reason: 'why not' });
    await expect(failure).rejects.toThrow(PermissionDeniedError);
  });
});

describe('CompareDetectors', () => {
  it('puts detectors side by side with the automatic choice first', async () => {
    const { detectors, chosenDetectorId, reason, regret } = await world.client('viewer').compareDetectors({
      backboneVersion: version.digest,
    });
    expect(detectors.map(({ method }) => method)).toEqual(['knn', 'active-share']);
    expect(chosenDetectorId).toBe(result.chosen?.detectorId);
    expect(detectors[0].id).toBe(chosenDetectorId);
    expect(reason).toBe(result.chosen?.reason);
    expect(regret?.value).toBeGreaterThanOrEqual(0);
    for (const { standing, leftOut } of detectors) {
      const losses = leftOut.map(({ unseen }) => 1 - (unseen?.auroc ?? NaN));
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      expect(standing?.worst?.value).toBeCloseTo(Math.max(...losses), 12);
      expect(standing?.macro?.value).toBeCloseTo(mean, 12);
      expect(leftOut.map(({ group }) => group)).toContain(standing?.worstGroup);
      expect(standing?.worst?.low).toBeLessThanOrEqual(standing?.worst?.high ?? NaN);
    }
  });

  it('has nothing to choose where nothing is fitted', async () => {
    const bare = await world.addVersion({ seed: 4 });
    const answer = await world.client().compareDetectors({ backboneVersion: bare.digest });
    expect(answer).toEqual({ detectors: [], chosenDetectorId: '', reason: '', regret: undefined });
  });

  it('names an unknown version', async () => {
    await expect(world.client().compareDetectors({ backboneVersion: 'e'.repeat(64) })).rejects.toThrow(NotFoundError);
  });
});

describe('ListDetectors', () => {
  it('pages through, newest first', async () => {
    const client = world.client('viewer');
    const first = await client.listDetectors({ backboneVersion: version.digest, pageSize: 1, pageToken: '' });
    const second = await client.listDetectors({
      backboneVersion: version.digest,
      pageSize: 1,
      pageToken: first.nextPageToken,
    });
    expect([...second.detectors, ...first.detectors].map(({ id }) => id)).toEqual(result.detectors);
    expect(second.nextPageToken).toBe('');
  });
});
