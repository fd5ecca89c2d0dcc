import type { ReactNode } from 'react';
import type { BackboneVersion } from '@outsider/database';
import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import type { DetectorView } from '../data/detectors.ts';
import type { RunView } from '../data/runs.ts';
import { countOf } from '../views/format.ts';
import { methodName } from '../views/words.ts';

interface LineageProps {
  version: BackboneVersion;
  run: RunView | undefined;
  dataset: string | undefined;
  chosen: DetectorView | undefined;
  inProduction: boolean;
}

/** From photos and weights to what is in production, one step after another. */
export function Lineage({ version, run, dataset, chosen, inProduction }: LineageProps) {
  const steps: { name: string; title: ReactNode; note: string }[] = [
    { name: 'Photos', title: dataset ?? 'Snapshot', note: `snapshot ${version.snapshotDigest.slice(0, 8)}` },
    version.imported
      ? {
          name: 'Classifier',
          title: version.imported.file,
          note: `imported by ${version.imported.by}, file ${version.weightsDigest.slice(0, 8)}`,
        }
      : {
          name: 'Run',
          title: run ? (
            <Link href={`/runs/${run.id}`} className="hover:underline">
              {run.experiment}, run {run.number}
            </Link>
          ) : (
            'Run'
          ),
          note: `${version.architecture} weights ${version.weightsDigest.slice(0, 8)}`,
        },
    {
      name: 'Backbone version',
      title: `Version ${version.number}`,
      note: countOf(version.classes.length, 'class', 'classes'),
    },
    {
      name: 'Bundle',
      title: chosen ? (
        <Link href={`/detectors/${chosen.id}`} className="hover:underline">
          {methodName(chosen.method)}
        </Link>
      ) : (
        'None yet'
      ),
      note: inProduction ? 'version is in production' : chosen ? 'ready to be promoted' : 'no detector chosen',
    },
  ];
  return (
    <ol className="grid gap-2 sm:grid-cols-4 sm:gap-0">
      {steps.map((step, i) => (
        <li key={step.name} className="flex min-w-0 items-center">
          <div className="min-w-0 flex-1 rounded-xl border border-line bg-surface px-4 py-3 shadow-card">
            <p className="eyebrow">{step.name}</p>
            <p className="truncate font-medium">{step.title}</p>
            <p className="truncate text-xs text-soft">{step.note}</p>
          </div>
          {i < steps.length - 1 ? (
            <ArrowRight className="mx-1.5 hidden size-4 shrink-0 text-faint sm:block" aria-hidden="true" />
          ) : null}
        </li>
      ))}
    </ol>
  );
}
