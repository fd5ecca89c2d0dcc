'use client';

import { useState } from 'react';
import clsx from 'clsx';
import { ImageOff } from 'lucide-react';

/** A person's own file, straight from their disk; an icon where the browser cannot show it. */
export function OwnPhoto({ url, alt, className }: { url: string; alt: string; className: string }) {
  const [broken, setBroken] = useState(false);
  if (broken) {
    return (
      <span
        role="img"
        aria-label={`${alt}, which this browser cannot show`}
        className={clsx('grid place-items-center bg-sunken text-faint', className)}
      >
        <ImageOff className="size-6" aria-hidden="true" />
      </span>
    );
  }
  // Nothing for an optimiser: the file never leaves the browser on this way.
  // eslint-disable-next-line @next/next/no-img-element
  return <img src={url} alt={alt} className={clsx('bg-sunken', className)} onError={() => setBroken(true)} />;
}
