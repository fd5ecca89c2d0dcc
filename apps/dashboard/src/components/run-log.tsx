'use client';

import { useEffect, useRef } from 'react';
import { Card } from './card.tsx';
import { useLiveRun } from './live-run-provider.tsx';

/** The run's log; stays at the newest line unless one has scrolled up. */
export function RunLog() {
  const { log } = useLiveRun();
  const frame = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  useEffect(() => {
    if (following.current && frame.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, [log]);
  if (log.length === 0) return <p className="text-sm text-soft">Nothing has been logged.</p>;
  return (
    <Card className="overflow-hidden">
      <div
        ref={frame}
        role="log"
        aria-label="Log of the run"
        tabIndex={0}
        onScroll={({ currentTarget: at }) => {
          following.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24;
        }}
        className="max-h-72 overflow-auto bg-sunken/60 px-4 py-3 font-mono text-xs leading-5"
      >
        {log.map((line, i) => (
          <div key={i} className="flex gap-3">
            <time dateTime={line.at} className="shrink-0 text-faint" suppressHydrationWarning>
              {new Date(line.at).toLocaleTimeString('en-GB')}
            </time>
            <span className="break-words whitespace-pre-wrap">{line.line}</span>
          </div>
        ))}
      </div>
    </Card>
  );
}
