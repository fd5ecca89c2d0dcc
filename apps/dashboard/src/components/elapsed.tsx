'use client';

import { useEffect, useState } from 'react';
import { formatSeconds } from '../views/format.ts';

/** Time since a moment, ticking. */
export function Elapsed({ since }: { since: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span suppressHydrationWarning>{formatSeconds(Math.max(0, Math.floor((now - Date.parse(since)) / 1000)))}</span>
  );
}
