'use client';

import { useEffect, useState } from 'react';
import { formatTimeLeft, stageSecondsLeft } from '../views/time-left.ts';
import { useLiveRun } from './live-run-provider.tsx';

/** How long the stage under way still takes, ticking; `otherwise` while it is too early to say. */
export function TimeLeft({ before = '', after = '', otherwise = '' }) {
  const run = useLiveRun();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = stageSecondsLeft(run, now);
  return (
    <span suppressHydrationWarning>{seconds === null ? otherwise : `${before}${formatTimeLeft(seconds)}${after}`}</span>
  );
}
