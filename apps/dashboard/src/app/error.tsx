'use client';

import { Button } from '../components/button.tsx';
import { Logo } from '../components/logo.tsx';

export default function RootError({ retry }: { error: Error & { digest?: string }; retry: () => void }) {
  return (
    <main className="grid min-h-dvh place-items-center px-4 text-center">
      <div className="flex flex-col items-center gap-3" role="alert">
        <Logo className="size-14" />
        <h1 className="text-xl font-semibold">Outsider cannot be shown at the moment</h1>
        <p className="max-w-sm text-sm text-soft">
          Most likely the store is not answering; nothing that was stored is lost.
        </p>
        <Button look="primary" onClick={() => retry()}>
          Try again
        </Button>
      </div>
    </main>
  );
}
