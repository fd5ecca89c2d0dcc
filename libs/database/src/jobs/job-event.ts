import type { RunState } from '@outsider/domain';
import type { JobEvent as JobEventRow } from '../generated/client.ts';
import type { JsonObject } from '../client/json.ts';

/** What can happen in a job. */
export type JobEventBody =
  | { readonly kind: 'state'; readonly state: RunState }
  | { readonly kind: 'stage'; readonly stage: string }
  /** `fraction` of the stage, 0 to 1; `note` is a short phrase such as "320 of 640 photos". */
  | { readonly kind: 'progress'; readonly stage: string; readonly fraction: number; readonly note: string }
  /** `value` may be NaN. */
  | { readonly kind: 'metric'; readonly key: string; readonly step: number; readonly value: number }
  | { readonly kind: 'log'; readonly line: string };

/** Something that happened in a job, numbered from 1 without gaps. */
export type JobEvent = JobEventBody & { readonly jobId: string; readonly sequence: number; readonly at: Date };

/** JSON has no NaN and no infinities, so a metric's value is kept as text. */
export function toEventData(event: JobEventBody): JsonObject {
  const { kind: _, ...data } = event;
  return event.kind === 'metric' ? { ...data, value: String(event.value) } : data;
}

export function toJobEvent({ jobId, sequence, at, kind, data }: JobEventRow): JobEvent {
  const body = { kind, ...(data as JsonObject) } as JobEventBody;
  return { ...(body.kind === 'metric' ? { ...body, value: Number(body.value) } : body), jobId, sequence, at };
}
