'use client';

import { useState } from 'react';
import { shortDigest } from '@outsider/domain';
import { Check, Copy } from 'lucide-react';

/** The first digits of a digest; a click copies all of it. */
export function DigestText({ digest, what }: { digest: string; what: string }) {
  const [copied, setCopied] = useState(false);
  async function copy() {
    await navigator.clipboard?.writeText(digest);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  }
  return (
    <button
      type="button"
      onClick={() => void copy()}
      title={digest}
      aria-label={`Copy the digest of ${what}, ${shortDigest(digest)}…`}
      className="group inline-flex items-center gap-1 rounded font-mono text-[0.8125rem] text-soft hover:text-ink"
    >
      {shortDigest(digest)}
      {copied ? (
        <Check className="size-3.5 text-good" aria-hidden="true" />
      ) : (
        <Copy className="size-3.5 opacity-50 group-hover:opacity-100" aria-hidden="true" />
      )}
      <span className="sr-only" aria-live="polite">
        {copied ? 'copied' : ''}
      </span>
    </button>
  );
}
