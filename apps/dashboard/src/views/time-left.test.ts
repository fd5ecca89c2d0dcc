import { describe, expect, it } from 'vitest';
import { applyEvent, emptyLiveRun, type LiveEvent, type LiveRun } from './live-run.ts';
import { formatTimeLeft, stageSecondsLeft } from './time-left.ts';

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const when = (seconds: number): Date => new Date(at(seconds));

function runAt(fraction: number, seconds: number, ...more: LiveEvent[]): LiveRun {
  const events: LiveEvent[] = [
    { sequence: 1, at: at(0), kind: 'stage', stage: 'features' },
    { sequence: 2, at: at(100), kind: 'stage', stage: 'train' },
    { sequence: 3, at: at(seconds), kind: 'progress', stage: 'train', fraction, note: '' },
    ...more,
  ];
  return events.reduce(applyEvent, emptyLiveRun('running'));
}

describe('stageSecondsLeft', () => {
  it('goes by the pace of the stage, not of those before', () => {
    expect(stageSecondsLeft(runAt(0.25, 160), when(160))).toBe(180);
  });

  it('begins anew when a stage has a second part', () => {
    const second: LiveEvent = { sequence: 4, at: at(200), kind: 'progress', stage: 'train', fraction: 0.1, note: '' };
    expect(stageSecondsLeft(runAt(1, 160, second), when(200))).toBe(360);
  });

  it('counts down between reports, and not below nothing', () => {
    expect(stageSecondsLeft(runAt(0.25, 160), when(190))).toBe(150);
    expect(stageSecondsLeft(runAt(0.25, 160), when(1000))).toBe(0);
  });

  it('is not longer for a browser whose clock is behind', () => {
    expect(stageSecondsLeft(runAt(0.25, 160), when(100))).toBe(180);
  });

  it('says nothing before there is something to go by, or after the end', () => {
    expect(stageSecondsLeft(runAt(0.001, 160), when(160))).toBeNull();
    expect(stageSecondsLeft(emptyLiveRun('queued'), when(0))).toBeNull();
    const next: LiveEvent = { sequence: 4, at: at(170), kind: 'stage', stage: 'export' };
    expect(stageSecondsLeft(runAt(0.5, 160, next), when(171))).toBeNull();
    const over: LiveEvent = { sequence: 4, at: at(170), kind: 'state', state: 'cancelled' };
    expect(stageSecondsLeft(runAt(0.5, 160, over), when(171))).toBeNull();
  });
});

it('is no finer than an estimate', () => {
  expect([0, 21, 61, 181, 662, 3700].map(formatTimeLeft)).toEqual([
    'a moment',
    '25 s',
    '1 min 20 s',
    '3 min 20 s',
    '12 min',
    '1 h 5 min',
  ]);
});
