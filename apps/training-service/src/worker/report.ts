import type { Stage } from '@outsider/domain';
import type { WorkerEvent } from './protocol.ts';

/** What the worker tells, one method a kind of news. */
export interface Report {
  stage(stage: Stage): void;
  /** @param fraction of the stage, 0 to 1 */
  progress(stage: Stage, fraction: number, note: string): void;
  metrics(step: number, values: Readonly<Record<string, number>>): void;
  log(text: string): void;
}

export function reportTo(onEvent: (event: WorkerEvent) => void): Report {
  return {
    stage: (stage) => onEvent({ kind: 'stage', stage }),
    progress: (stage, fraction, note) => onEvent({ kind: 'progress', stage, fraction, note }),
    metrics: (step, values) => onEvent({ kind: 'metrics', step, values }),
    log: (text) => onEvent({ kind: 'log', text }),
  };
}
