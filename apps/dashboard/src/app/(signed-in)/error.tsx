'use client';

import { CloudOff } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { Empty } from '../../components/empty.tsx';

/** A page that could not be made, most often because the store cannot be reached. The rest of the dashboard stays. */
export default function PageError({ retry }: { error: Error & { digest?: string }; retry: () => void }) {
  return (
    <div role="alert">
      <Empty icon={<CloudOff aria-hidden="true" />} title="This page cannot be shown at the moment">
        <p>Most likely the store is not answering; nothing that was stored is lost.</p>
        <Button look="primary" className="mt-3" onClick={() => retry()}>
          Try again
        </Button>
      </Empty>
    </div>
  );
}
