'use client';

import { useEffect, useState } from 'react';
import { formatAgo } from '../views/format.ts';

const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** How long ago, kept current; the full time in the reader's own time zone on hover. */
export function Ago({ at }: { at: string }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 30_000);
    return () => clearInterval(timer);
  }, []);
  const then = new Date(at);
  return (
    <time dateTime={at} title={absolute.format(then)} suppressHydrationWarning>
      {formatAgo(then, now)}
    </time>
  );
}
