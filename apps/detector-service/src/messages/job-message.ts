import { FailureClass, JobState, type Job as JobMessage } from '@outsider/contracts';
import type { Job } from '@outsider/database';
import type { FailureClass as DomainFailureClass, RunState } from '@outsider/domain';

const states: Record<RunState, JobState> = {
  queued: JobState.JOB_STATE_QUEUED,
  running: JobState.JOB_STATE_RUNNING,
  succeeded: JobState.JOB_STATE_SUCCEEDED,
  failed: JobState.JOB_STATE_FAILED,
  cancelled: JobState.JOB_STATE_CANCELLED,
};

const failureClasses: Record<DomainFailureClass, FailureClass> = {
  input: FailureClass.FAILURE_CLASS_INPUT,
  code: FailureClass.FAILURE_CLASS_CODE,
  infrastructure: FailureClass.FAILURE_CLASS_INFRASTRUCTURE,
};

export function toJobMessage(job: Job): JobMessage {
  return {
    id: job.id,
    kind: job.kind,
    state: states[job.state],
    stage: job.stage,
    progress: job.progress,
    error: job.error ?? '',
    failureClass: job.failureClass ? failureClasses[job.failureClass] : FailureClass.FAILURE_CLASS_UNSPECIFIED,
    createTime: job.createdAt,
    startTime: job.startedAt ?? undefined,
    finishTime: job.finishedAt ?? undefined,
    createdBy: job.createdBy,
    attempt: job.attempt,
  };
}
