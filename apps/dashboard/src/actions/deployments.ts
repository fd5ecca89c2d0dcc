'use server';

import { InvalidArgumentError } from '@outsider/domain';
import { revalidatePath } from 'next/cache';
import { findDetector } from '../data/detectors.ts';
import { requireActor } from '../data/session.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { readText } from './read-form.ts';
import { callDeployments } from './services.ts';

/** Points production at a bundle. */
export async function promoteBundle(bundleId: string, _: Outcome<null> | null, form: FormData): Promise<Outcome<null>> {
  return outcomeOf(async () => {
    const { token } = await requireActor('operator');
    const reason = readText(form, 'reason', 'Reason');
    await callDeployments(token, (deployments) => deployments.promoteBundle({ bundleId, alias: 'production', reason }));
    revalidatePath('/', 'layout');
    return null;
  });
}

/** Binds a detector to its threshold in force, and points production at the bundle. */
export async function promoteDetector(
  detectorId: string,
  _: Outcome<null> | null,
  form: FormData,
): Promise<Outcome<null>> {
  return outcomeOf(async () => {
    const { token } = await requireActor('operator');
    const reason = readText(form, 'reason', 'Reason');
    const detector = await findDetector(detectorId);
    if (!detector?.threshold) throw new InvalidArgumentError('this detector has no threshold in force; fix one first');
    const { backboneVersion, threshold } = detector;
    await callDeployments(token, async (deployments) => {
      const { bundle } = await deployments.createBundle({ backboneVersion, detectorId, thresholdId: threshold.id });
      if (!bundle) throw new Error('CreateBundle answered without a bundle');
      await deployments.promoteBundle({ bundleId: bundle.id, alias: 'production', reason });
    });
    revalidatePath('/', 'layout');
    return null;
  });
}

/** Points production at the bundle before the one that it points at. */
export async function rollBack(backbone: string, _: Outcome<null> | null, form: FormData): Promise<Outcome<null>> {
  return outcomeOf(async () => {
    const { token } = await requireActor('operator');
    const reason = readText(form, 'reason', 'Reason');
    await callDeployments(token, (deployments) =>
      deployments.rollBackDeployment({ backbone, alias: 'production', reason }),
    );
    revalidatePath('/', 'layout');
    return null;
  });
}
