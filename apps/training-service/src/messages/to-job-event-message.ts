import type { JobEvent as JobEventMessage } from '@outsider/contracts';
import type { JobEvent } from '@outsider/database';
import { jobStates } from './to-job-message.ts';

export function toJobEventMessage(event: JobEvent): JobEventMessage {
  return { sequence: event.sequence, time: event.at, event: toBody(event) };
}

function toBody(event: JobEvent): JobEventMessage['event'] {
  switch (event.kind) {
    case 'state':
      return { $case: 'state', value: jobStates[event.state] };
    case 'stage':
      return { $case: 'stage', value: event.stage };
    case 'progress':
      return { $case: 'progress', value: { stage: event.stage, fraction: event.fraction, note: event.note } };
    case 'metric':
      return { $case: 'metric', value: { key: event.key, step: event.step, value: event.value } };
    case 'log':
      return { $case: 'log', value: event.line };
  }
}
