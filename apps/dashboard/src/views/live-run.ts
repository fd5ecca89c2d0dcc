import { isFinal, stages, type RunState, type Stage } from '@outsider/domain';

/** One event of a run as the browser receives it. */
export type LiveEvent = { readonly sequence: number; readonly at: string } & (
  | { readonly kind: 'state'; readonly state: RunState }
  | { readonly kind: 'stage'; readonly stage: string }
  | { readonly kind: 'progress'; readonly stage: string; readonly fraction: number; readonly note: string }
  /** `value` is null for NaN, which JSON cannot carry. */
  | { readonly kind: 'metric'; readonly key: string; readonly step: number; readonly value: number | null }
  | { readonly kind: 'log'; readonly line: string }
);

/** When a stage ran; `endedAt` is null while it does. */
export interface StageSpan {
  readonly stage: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** The values of one metric, by step. */
export interface MetricSeries {
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
}

export interface LogLine {
  readonly at: string;
  readonly line: string;
}

/** What is known of a run after some of its events. */
export interface LiveRun {
  readonly sequence: number;
  readonly state: RunState;
  readonly spans: readonly StageSpan[];
  /** Of the stage under way, 0…1; null before its first report. */
  readonly fraction: number | null;
  /** When `fraction` was reported. */
  readonly reportedAt: string | null;
  /** Since when `fraction` grows: a stage that has two parts begins twice. */
  readonly pacedFrom: string | null;
  readonly note: string;
  readonly series: Readonly<Record<string, MetricSeries>>;
  readonly log: readonly LogLine[];
}

/** Lines kept in the browser; the oldest go first. */
export const maxLogLines = 2000;

/** Points of a curve kept in the browser; when there are more, neighbours become one. */
export const maxPoints = 2000;

export function emptyLiveRun(state: RunState): LiveRun {
  return {
    sequence: 0,
    state,
    spans: [],
    fraction: null,
    reportedAt: null,
    pacedFrom: null,
    note: '',
    series: {},
    log: [],
  };
}

/** The run after one more event. An event that was seen already, as after a reconnection, changes nothing. */
export function applyEvent(run: LiveRun, event: LiveEvent): LiveRun {
  if (event.sequence <= run.sequence) return run;
  const next = { ...run, sequence: event.sequence };
  switch (event.kind) {
    case 'state':
      return { ...next, state: event.state, spans: isFinal(event.state) ? closeSpans(run.spans, event.at) : run.spans };
    case 'stage':
      return enterStage(next, event.stage, event.at);
    case 'progress': {
      const entered = run.spans.at(-1)?.stage === event.stage ? next : enterStage(next, event.stage, event.at);
      const fraction = Math.min(1, Math.max(0, event.fraction));
      const again = entered.fraction !== null && fraction < entered.fraction;
      const pacedFrom = again ? entered.reportedAt : entered.pacedFrom;
      return { ...entered, fraction, reportedAt: event.at, pacedFrom, note: event.note };
    }
    case 'metric':
      return {
        ...next,
        series: { ...run.series, [event.key]: addPoint(run.series[event.key], event.step, event.value) },
      };
    case 'log':
      return { ...next, log: [...run.log.slice(-(maxLogLines - 1)), { at: event.at, line: event.line }] };
  }
}

/** How a stage of the timeline is drawn. */
export interface TimelineStep {
  readonly stage: Stage;
  readonly status: 'done' | 'active' | 'stopped' | 'ahead' | 'skipped';
  /** Null when it has not begun, or goes on. */
  readonly seconds: number | null;
  readonly startedAt: string | null;
}

/**
 * The ten stages with what became of each. A stage that a later one overtook without starting was skipped; the last
 * one of a failed or cancelled run stopped.
 */
export function toTimeline(run: LiveRun): TimelineStep[] {
  const spanOf = new Map(run.spans.map((span) => [span.stage, span]));
  const furthest = Math.max(-1, ...stages.map((stage, i) => (spanOf.has(stage) ? i : -1)));
  const stopped = run.state === 'failed' || run.state === 'cancelled';
  return stages.map((stage, i): TimelineStep => {
    const span = spanOf.get(stage);
    const seconds = span?.endedAt ? (Date.parse(span.endedAt) - Date.parse(span.startedAt)) / 1000 : null;
    const startedAt = span?.startedAt ?? null;
    if (!span)
      return { stage, status: i < furthest || run.state === 'succeeded' ? 'skipped' : 'ahead', seconds, startedAt };
    if (i === furthest && stopped) return { stage, status: 'stopped', seconds, startedAt };
    return { stage, status: span.endedAt ? 'done' : 'active', seconds, startedAt };
  });
}

function enterStage(run: LiveRun, stage: string, at: string): LiveRun {
  if (run.spans.at(-1)?.stage === stage) return run;
  // A worker that took the job up again walks through its stages a second time: the latest walk is shown.
  const earlier = closeSpans(run.spans, at).filter((span) => span.stage !== stage);
  return {
    ...run,
    spans: [...earlier, { stage, startedAt: at, endedAt: null }],
    fraction: null,
    reportedAt: null,
    pacedFrom: at,
    note: '',
  };
}

function closeSpans(spans: readonly StageSpan[], at: string): StageSpan[] {
  return spans.map((span) => (span.endedAt ? span : { ...span, endedAt: at }));
}

function addPoint(series: MetricSeries | undefined, step: number, value: number | null): MetricSeries {
  if (!series) return { steps: [step], values: [value] };
  if (step > series.steps.at(-1)!)
    return thinned({ steps: [...series.steps, step], values: [...series.values, value] });
  // A step measured again, by a second attempt, replaces what it had.
  const at = series.steps.findIndex((known) => known >= step);
  const steps = [...series.steps];
  const values = [...series.values];
  const replaced = steps[at] === step ? 1 : 0;
  steps.splice(at, replaced, step);
  values.splice(at, replaced, value);
  return { steps, values };
}

/** Every two neighbours as one, their mean at the later step, once there are too many. */
function thinned(series: MetricSeries): MetricSeries {
  if (series.steps.length <= maxPoints) return series;
  const steps: number[] = [];
  const values: (number | null)[] = [];
  for (let i = 0; i < series.steps.length; i += 2) {
    const known = series.values.slice(i, i + 2).filter((value) => value !== null);
    steps.push(series.steps[Math.min(i + 1, series.steps.length - 1)]!);
    values.push(known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null);
  }
  return { steps, values };
}
