import type { FailureClass, RunState } from '@outsider/domain';
import type { Job as JobRow } from '../generated/client.ts';
import type { JsonValue } from '../client/json.ts';

/** A queue of its own each. */
export type JobKind = 'train' | 'fit-detectors' | 'import';

/** Long work. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly payload: JsonValue;
  readonly state: RunState;
  /** The step under way; empty before the first. */
  readonly stage: string;
  /** Of the whole job, 0 to 1. */
  readonly progress: number;
  readonly result: JsonValue;
  /** One sentence for people; null unless failed. */
  readonly error: string | null;
  readonly failureClass: FailureClass | null;
  readonly exclusiveKey: string | null;
  /** How many times a worker has taken it up; 0 while it was never. Also the fence of its present worker. */
  readonly attempt: number;
  /** Sequence of the newest event. */
  readonly eventCount: number;
  readonly cancelRequestedAt: Date | null;
  readonly heartbeatAt: Date | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** What a worker holds while it works on a job. Writes with a lease that was lost are refused. */
export interface JobLease {
  readonly jobId: string;
  readonly fence: number;
}

export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    payload: row.payload as JsonValue,
    state: row.state,
    stage: row.stage,
    progress: row.progress,
    result: row.result as JsonValue,
    error: row.error,
    failureClass: row.failureClass,
    exclusiveKey: row.exclusiveKey,
    attempt: row.fence,
    eventCount: row.eventCount,
    cancelRequestedAt: row.cancelRequestedAt,
    heartbeatAt: row.heartbeatAt,
    createdAt: row.createdAt,
    createdBy: row.createdBy,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}
