import { InvalidArgumentError } from '@outsider/domain';
import type { DetectionPlan as DetectionPlanMessage } from '@outsider/contracts';

/** What follows the training: which detectors, at which promise, and whether the chosen one goes to production. */
export interface DetectionPlan {
  /** Empty: all that can be fitted. */
  readonly methods: readonly string[];
  readonly falseAlarmRate: number;
  readonly confidence: number;
  readonly promote: boolean;
}

/** @throws {InvalidArgumentError} naming the field, what it was and what it may be */
export function parseDetectionPlan(message: Partial<DetectionPlanMessage> = {}): DetectionPlan {
  return {
    methods: message.methods ?? [],
    falseAlarmRate: share('detection.false_alarm_rate', message.falseAlarmRate || 0.05),
    confidence: share('detection.confidence', message.confidence || 0.95),
    promote: message.promote ?? false,
  };
}

export function toDetectionPlanMessage(plan: DetectionPlan): DetectionPlanMessage {
  return { ...plan, methods: [...plan.methods] };
}

function share(field: string, value: number): number {
  if (!(value > 0 && value < 1))
    throw new InvalidArgumentError(`${field}: expected more than 0 and less than 1, got ${value}`);
  return value;
}
