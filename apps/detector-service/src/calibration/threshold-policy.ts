import type { ThresholdPolicy as PolicyMessage } from '@outsider/contracts';
import type { ThresholdPolicy as DetectorPolicy } from '@outsider/detectors';
import { InvalidArgumentError } from '@outsider/domain';

/** How a threshold is fixed, every default filled in: plain data, stored as it is. */
export type ThresholdPolicy = DetectorPolicy & { readonly abstainShare: number };

/** What is used where a caller asks for nothing else. */
export const defaultPolicy: ThresholdPolicy = {
  kind: 'certificate',
  falseAlarmRate: 0.05,
  confidence: 0.95,
  abstainShare: 0,
};

/**
 * A caller's policy; absent means {@link defaultPolicy}, zero rates mean their defaults.
 *
 * @throws {InvalidArgumentError} naming the field and what it may be
 */
export function readPolicy(message: PolicyMessage | undefined): ThresholdPolicy {
  if (!message) return defaultPolicy;
  const abstainShare = message.abstainShare;
  if (!(abstainShare >= 0 && abstainShare < 1)) {
    throw new InvalidArgumentError(
      `abstain_share must be a number from 0 up to, not including, 1, got ${abstainShare}`,
      {
        field: 'policy.abstain_share',
      },
    );
  }
  const { policy } = message;
  switch (policy?.$case) {
    case undefined:
      return { ...defaultPolicy, abstainShare };
    case 'certificate':
      return {
        kind: 'certificate',
        falseAlarmRate: readRate('false_alarm_rate', policy.value.falseAlarmRate, 0.05),
        confidence: readRate('confidence', policy.value.confidence, 0.95),
        abstainShare,
      };
    case 'quantile':
      return {
        kind: 'quantile',
        falseAlarmRate: readRate('false_alarm_rate', policy.value.falseAlarmRate, 0.05),
        abstainShare,
      };
    case 'detectionRate':
      return {
        kind: 'detection-rate',
        detectionRate: readRate('detection_rate', policy.value.detectionRate, 0.95),
        abstainShare,
      };
    case 'manual':
      if (!Number.isFinite(policy.value.value)) {
        throw new InvalidArgumentError(`value must be a finite number, got ${policy.value.value}`, {
          field: 'policy.manual.value',
        });
      }
      return { kind: 'manual', value: policy.value.value, abstainShare };
  }
}

/** The inverse of {@link readPolicy}. */
export function toPolicyMessage(policy: ThresholdPolicy): PolicyMessage {
  const { abstainShare } = policy;
  switch (policy.kind) {
    case 'certificate': {
      const { falseAlarmRate, confidence } = policy;
      return { policy: { $case: 'certificate', value: { falseAlarmRate, confidence } }, abstainShare };
    }
    case 'quantile':
      return { policy: { $case: 'quantile', value: { falseAlarmRate: policy.falseAlarmRate } }, abstainShare };
    case 'detection-rate':
      return { policy: { $case: 'detectionRate', value: { detectionRate: policy.detectionRate } }, abstainShare };
    case 'manual':
      return { policy: { $case: 'manual', value: { value: policy.value } }, abstainShare };
  }
}

function readRate(field: string, value: number, whenZero: number): number {
  if (value === 0) return whenZero;
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError(`${field} must be a number between 0 and 1, got ${value}`, {
    field: `policy.${field}`,
  });
}
