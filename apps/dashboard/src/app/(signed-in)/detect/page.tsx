import type { Metadata } from 'next';
import Link from 'next/link';
import { connection } from 'next/server';
import { DetectPanel } from '../../../components/detect-panel.tsx';
import { PageTitle } from '../../../components/page-title.tsx';
import { listProduction } from '../../../data/deployments.ts';
import { requireSession } from '../../../data/session.ts';
import { methodName } from '../../../views/words.ts';

export const metadata: Metadata = { title: 'Detect' };

export default async function DetectPage() {
  await connection();
  await requireSession();
  const [live] = await listProduction();
  return (
    <>
      <PageTitle
        title="Detect"
        lead={
          live ? (
            <>
              Judged by what is in production:{' '}
              {live.bundle.detector ? methodName(live.bundle.detector.method) : 'a detector'} on{' '}
              <Link
                href={`/versions/${live.bundle.versionDigest}`}
                className="underline underline-offset-2 hover:text-ink"
              >
                {live.bundle.backbone} version {live.bundle.versionNumber}
              </Link>
              , which knows {live.bundle.classes.join(', ')}.
            </>
          ) : (
            'Does a photo belong to what the backbone was trained on?'
          )
        }
      />
      <DetectPanel ready={live !== undefined} />
    </>
  );
}
