'use server';

import type { Threshold, ThresholdPolicy } from '@outsider/contracts';
import { InvalidArgumentError } from '@outsider/domain';
import { revalidatePath } from 'next/cache';
import { requireActor } from '../data/session.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { readText } from './read-form.ts';
import { callDetector } from './services.ts';

/** A policy as the editor states it: rates in 0…1. */
export type PolicyChoice = {
  /** Share of the calibration photos, those nearest to the threshold, that is left to a person. */
  readonly abstainShare: number;
} & (
  | { readonly kind: 'certificate'; readonly falseAlarmRate: number; readonly confidence: number }
  | { readonly kind: 'quantile'; readonly falseAlarmRate: number }
  | { readonly kind: 'detection-rate'; readonly detectionRate: number }
  | { readonly kind: 'manual'; readonly value: number }
);

/** What a threshold would do, or does. */
export interface ThresholdEffect {
  readonly value: number;
  /** With 95 % Clopper–Pearson intervals. */
  readonly falseAlarm: Rate | null;
  readonly miss: Rate | null;
  /** Relevant photos left to a person; null where none are. */
  readonly abstained: Rate | null;
}

interface Rate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What a policy would come to; stores nothing. */
export async function previewThreshold(detectorId: string, choice: PolicyChoice): Promise<Outcome<ThresholdEffect>> {
  return outcomeOf(async () => {
    const { token } = await requireActor('viewer');
    const { threshold } = await callDetector(token, (detector) =>
      detector.previewThreshold({ detectorId, policy: toPolicy(choice) }),
    );
    return toEffect(threshold);
  });
}

/** Fixes a threshold and puts it in force. */
export async function calibrateThreshold(
  detectorId: string,
  choice: PolicyChoice,
  _: Outcome<null> | null,
  form: FormData,
): Promise<Outcome<null>> {
  return outcomeOf(async () => {
    const { token } = await requireActor('operator');
    const reason = readText(form, 'reason', 'Reason');
    await callDetector(token, (detector) =>
      detector.calibrateThreshold({ detectorId, policy: toPolicy(choice), reason }),
    );
    revalidatePath('/', 'layout');
    return null;
  });
}

function toPolicy(choice: PolicyChoice): ThresholdPolicy {
  return { policy: toRule(choice), abstainShare: choice.abstainShare };
}

function toRule(choice: PolicyChoice): ThresholdPolicy['policy'] {
  switch (choice.kind) {
    case 'certificate':
      return {
        $case: 'certificate',
        value: { falseAlarmRate: choice.falseAlarmRate, confidence: choice.confidence },
      };
    case 'quantile':
      return { $case: 'quantile', value: { falseAlarmRate: choice.falseAlarmRate } };
    case 'detection-rate':
      return { $case: 'detectionRate', value: { detectionRate: choice.detectionRate } };
    case 'manual':
      return { $case: 'manual', value: { value: choice.value } };
    default:
      // The browser sends whatever it likes.
      throw new InvalidArgumentError('policy: expected a certificate, a quantile, a detection rate or a value');
  }
}

function toEffect(threshold: Threshold | undefined): ThresholdEffect {
  if (!threshold) throw new Error('PreviewThreshold answered without a threshold');
  const { value, falseAlarm = null, miss = null, abstained = null } = threshold;
  return { value, falseAlarm, miss, abstained };
}
