import { countOf, formatPercent, formatScore } from './format.ts';

/** How a threshold was fixed, as stored with it. */
export interface Policy {
  readonly kind: string;
  readonly falseAlarmRate?: number | undefined;
  readonly confidence?: number | undefined;
  readonly detectionRate?: number | undefined;
  readonly value?: number | undefined;
  readonly abstainShare?: number | undefined;
}

/** What a threshold promises, in one sentence that promises no more than its policy does. */
export function guaranteeSentence(policy: Policy, calibrationPhotos: number): string {
  const from = countOf(calibrationPhotos, 'calibration photo');
  switch (policy.kind) {
    case 'certificate':
      return `At most ${formatPercent(policy.falseAlarmRate)} of relevant photos are called novel, with ${formatPercent(policy.confidence)} confidence, as long as photos keep coming from where the ${from} came.`;
    case 'quantile':
      return `About ${formatPercent(policy.falseAlarmRate)} of relevant photos are called novel on average; ${from} give no guarantee.`;
    case 'detection-rate':
      return `${formatPercent(policy.detectionRate)} of the known irrelevant photos are detected, whatever the false alarms.`;
    case 'manual':
      return `A person set it to ${formatScore(policy.value)}; nothing is promised.`;
    default:
      return `Fixed from ${from}.`;
  }
}

/** The policy in a few words. */
export function policyName(policy: Policy): string {
  const { abstainShare = 0 } = policy;
  return abstainShare > 0 ? `${ruleName(policy)}, ${formatPercent(abstainShare)} left to a person` : ruleName(policy);
}

function ruleName(policy: Policy): string {
  switch (policy.kind) {
    case 'certificate':
      return `certified at ${formatPercent(policy.falseAlarmRate)}, ${formatPercent(policy.confidence)} confidence`;
    case 'quantile':
      return `quantile at ${formatPercent(policy.falseAlarmRate)}`;
    case 'detection-rate':
      return `detection rate ${formatPercent(policy.detectionRate)}`;
    case 'manual':
      return 'set by hand';
    default:
      return policy.kind;
  }
}
