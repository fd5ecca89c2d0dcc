'use client';

import { useActionState } from 'react';
import { Ban } from 'lucide-react';
import { cancelRun } from '../actions/runs.ts';
import { SubmitButton } from './submit-button.tsx';

export function CancelRun({ runId, requested }: { runId: string; requested: boolean }) {
  const [outcome, act] = useActionState(cancelRun.bind(null, runId), null);
  return (
    <form action={act} className="flex flex-col items-end gap-1">
      <SubmitButton look="danger" disabled={requested}>
        <Ban aria-hidden="true" />
        {requested ? 'Stopping…' : 'Cancel the run'}
      </SubmitButton>
      {outcome && !outcome.ok ? (
        <p role="alert" className="max-w-64 text-right text-xs text-bad">
          {outcome.sentence}
        </p>
      ) : null}
    </form>
  );
}
