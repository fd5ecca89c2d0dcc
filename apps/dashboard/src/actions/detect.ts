'use server';

import { Verdict as VerdictMessage, type Detection } from '@outsider/contracts';
import { InvalidArgumentError, type Verdict } from '@outsider/domain';
import { findDetector } from '../data/detectors.ts';
import { readScores } from '../data/scores.ts';
import { requireActor } from '../data/session.ts';
import { fileProblem, type VerdictView } from '../views/verdict.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { callDetector } from './services.ts';

const nearestPhotos = 6;

/** A verdict on the form's `photo`, by the bundle in production or by the form's `detectorId`. */
export async function detectPhoto(form: FormData): Promise<Outcome<VerdictView>> {
  return outcomeOf(async () => {
    const { token } = await requireActor('viewer');
    const photo = form.get('photo');
    if (!(photo instanceof File)) throw new InvalidArgumentError('photo: expected a file, got nothing');
    const problem = fileProblem(photo);
    if (problem) throw new InvalidArgumentError(problem);
    const image = Buffer.from(await photo.arrayBuffer());
    const { detection } = await callDetector(token, (detector) =>
      detector.detect({
        input: { $case: 'image', value: image },
        detectorId: String(form.get('detectorId') ?? ''),
        nearest: nearestPhotos,
      }),
    );
    if (!detection) throw new Error('Detect answered without a detection');
    return toView(detection);
  });
}

const verdicts: Partial<Record<VerdictMessage, Verdict>> = {
  [VerdictMessage.VERDICT_IN_DISTRIBUTION]: 'in-distribution',
  [VerdictMessage.VERDICT_NOVEL]: 'novel',
  [VerdictMessage.VERDICT_ABSTAIN]: 'abstain',
};

async function toView(detection: Detection): Promise<VerdictView> {
  const verdict = verdicts[detection.verdict];
  if (!verdict) throw new Error(`Detect answered with the verdict ${detection.verdict}`);
  const { nearest, timings, detectorId, ...rest } = detection;
  const detector = await findDetector(detectorId);
  return {
    ...rest,
    verdict,
    detectorId,
    calibrationPhotos: detector?.threshold?.calibrationPhotos ?? null,
    nearest: nearest.map(({ contentDigest, label, distance }) => ({ contentDigest, label, distance })),
    timings: timings ?? { decodeMs: 0, queueMs: 0, inferenceMs: 0, scoreMs: 0, totalMs: 0 },
    strip: detector ? await readStrip(detector).catch(() => null) : null,
  };
}

/** A picture that helps, not one that a verdict depends on. */
async function readStrip(detector: Parameters<typeof readScores>[0]): Promise<VerdictView['strip']> {
  const { bins, calibration, relevant, irrelevant } = await readScores(detector);
  return {
    low: bins.low,
    high: bins.high,
    relevant: (calibration.photos > 0 ? calibration : relevant).histogram,
    irrelevant: irrelevant.photos > 0 ? irrelevant.histogram : [],
  };
}
