import { describe, expect, it } from 'vitest';
import {
  applyEvent,
  emptyLiveRun,
  maxLogLines,
  maxPoints,
  toTimeline,
  type LiveEvent,
  type LiveRun,
} from './live-run.ts';

const second = (n: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString();

function after(...events: LiveEvent[]): LiveRun {
  return events.reduce(applyEvent, emptyLiveRun('queued'));
}

describe('applyEvent', () => {
  it('collects a metric by step', () => {
    const run = after(
      { sequence: 1, at: second(1), kind: 'metric', key: 'train.loss', step: 1, value: 0.9 },
      { sequence: 2, at: second(2), kind: 'metric', key: 'train.loss', step: 2, value: null },
    );
    expect(run.series['train.loss']).toEqual({ steps: [1, 2], values: [0.9, null] });
  });

  it('ignores what it has seen, as after a reconnection', () => {
    const event: LiveEvent = { sequence: 1, at: second(1), kind: 'log', line: 'once' };
    expect(after(event, event).log).toHaveLength(1);
  });

  it('keeps steps sorted when a second attempt measures them again', () => {
    const metric = (sequence: number, step: number, value: number): LiveEvent => ({
      sequence,
      at: second(sequence),
      kind: 'metric',
      key: 'a',
      step,
      value,
    });
    const run = after(metric(1, 1, 10), metric(2, 3, 30), metric(3, 1, 11), metric(4, 2, 20));
    expect(run.series['a']).toEqual({ steps: [1, 2, 3], values: [11, 20, 30] });
  });

  it('resets the progress at each stage and takes a stage from its first progress', () => {
    const run = after(
      { sequence: 1, at: second(1), kind: 'stage', stage: 'features' },
      { sequence: 2, at: second(2), kind: 'progress', stage: 'features', fraction: 0.5, note: '80 of 160 photos' },
      { sequence: 3, at: second(3), kind: 'progress', stage: 'train', fraction: 2, note: '' },
    );
    expect(run.fraction).toBe(1);
    expect(run.reportedAt).toBe(second(3));
    expect(run.spans).toEqual([
      { stage: 'features', startedAt: second(1), endedAt: second(3) },
      { stage: 'train', startedAt: second(3), endedAt: null },
    ]);
  });

  it('thins a curve that grows too long, and keeps its end', () => {
    const points = Array.from({ length: maxPoints + 1 }, (_, i): LiveEvent => ({
      sequence: i + 1,
      at: second(0),
      kind: 'metric',
      key: 'a',
      step: i + 1,
      value: i === 1 ? null : i + 1,
    }));
    const { steps, values } = after(...points).series['a']!;
    expect(steps).toHaveLength(maxPoints / 2 + 1);
    expect(steps.slice(0, 2)).toEqual([2, 4]);
    expect(values.slice(0, 2)).toEqual([1, 3.5]);
    expect([steps.at(-1), values.at(-1)]).toEqual([maxPoints + 1, maxPoints + 1]);
  });

  it('forgets the oldest lines of a long log', () => {
    const lines = Array.from({ length: maxLogLines + 5 }, (_, i): LiveEvent => ({
      sequence: i + 1,
      at: second(0),
      kind: 'log',
      line: String(i),
    }));
    const run = after(...lines);
    expect(run.log).toHaveLength(maxLogLines);
    expect(run.log[0]?.line).toBe('5');
  });
});

describe('toTimeline', () => {
  const statusOf = (run: LiveRun): Record<string, string> =>
    Object.fromEntries(toTimeline(run).map((step) => [step.stage, step.status]));

  it('tells done, active, skipped and ahead apart', () => {
    const run = after(
      { sequence: 1, at: second(0), kind: 'state', state: 'running' },
      { sequence: 2, at: second(0), kind: 'stage', stage: 'prepare' },
      { sequence: 3, at: second(4), kind: 'stage', stage: 'train' },
    );
    expect(statusOf(run)).toMatchObject({ prepare: 'done', features: 'skipped', train: 'active', export: 'ahead' });
    expect(toTimeline(run)[0]?.seconds).toBe(4);
  });

  it('marks where a failed run stopped', () => {
    const run = after(
      { sequence: 1, at: second(0), kind: 'stage', stage: 'train' },
      { sequence: 2, at: second(9), kind: 'state', state: 'failed' },
    );
    expect(statusOf(run)).toMatchObject({ train: 'stopped', export: 'ahead' });
  });

  it('shows stages that never ran as skipped once the run succeeded', () => {
    const run = after(
      { sequence: 1, at: second(0), kind: 'stage', stage: 'calibrate' },
      { sequence: 2, at: second(9), kind: 'state', state: 'succeeded' },
    );
    expect(statusOf(run)).toMatchObject({ calibrate: 'done', promote: 'skipped' });
  });
});
