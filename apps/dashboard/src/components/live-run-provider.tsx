'use client';

import { createContext, use, useEffect, useReducer, useRef, useState, type ReactNode } from 'react';
import { isFinal } from '@outsider/domain';
import { useRouter } from 'next/navigation';
import { applyEvent, type LiveEvent, type LiveRun } from '../views/live-run.ts';
import { followEvents } from './follow-events.ts';

interface Live {
  readonly run: LiveRun;
  /** False while the connection is lost. */
  readonly connected: boolean;
}

const LiveRunContext = createContext<Live | null>(null);

/** Stages before which new results were put into the store. */
const publishing = new Set(['embed', 'fit', 'calibrate', 'promote']);

/** Whether the parts that the server renders say something else now: they are asked for again. */
function changesThePage(event: LiveEvent): boolean {
  return event.kind === 'state' || (event.kind === 'stage' && publishing.has(event.stage));
}

interface LiveRunProviderProps {
  runId: string;
  /** What the server knew when it rendered the page. */
  initial: LiveRun;
  children: ReactNode;
}

/** Follows a run from where the server left off. */
export function LiveRunProvider({ runId, initial, children }: LiveRunProviderProps) {
  const router = useRouter();
  const [connected, setConnected] = useState(true);
  const [run, apply] = useReducer(
    (state: LiveRun, events: readonly LiveEvent[]) => events.reduce(applyEvent, state),
    initial,
  );
  const start = useRef(initial);

  useEffect(() => {
    if (isFinal(start.current.state)) return;
    return followEvents(`/runs/${runId}/events`, start.current.sequence, {
      onEvents(events) {
        apply(events);
        if (events.some(changesThePage)) router.refresh();
      },
      onEnd: () => router.refresh(),
      onConnection: setConnected,
    });
  }, [runId, router]);

  return <LiveRunContext value={{ run, connected }}>{children}</LiveRunContext>;
}

export function useLiveRun(): LiveRun {
  return useLive().run;
}

/** Whether events of the run can arrive at the moment. */
export function useLiveConnection(): boolean {
  return useLive().connected;
}

function useLive(): Live {
  const live = use(LiveRunContext);
  if (!live) throw new Error('useLiveRun: expected a LiveRunProvider above');
  return live;
}
