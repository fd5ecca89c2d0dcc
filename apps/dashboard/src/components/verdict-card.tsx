import clsx from 'clsx';
import { CircleAlert, CircleDot, CircleHelp } from 'lucide-react';
import Link from 'next/link';
import { formatMs, formatPercent, formatScore } from '../views/format.ts';
import { pValueWords } from '../views/p-value-words.ts';
import type { VerdictView } from '../views/verdict.ts';
import { methodName, verdictSentences, verdictWords } from '../views/words.ts';
import { ScoreStripChart } from './score-strip.tsx';

const looks = {
  'in-distribution': { icon: CircleDot, colour: 'text-relevant', wash: 'bg-relevant-wash' },
  novel: { icon: CircleAlert, colour: 'text-novel', wash: 'bg-novel-wash' },
  abstain: { icon: CircleHelp, colour: 'text-unsure', wash: 'bg-unsure-wash' },
} as const;

/** A verdict and everything that it rests on. */
export function VerdictCard({ view }: { view: VerdictView }) {
  const { icon: Icon, colour, wash } = looks[view.verdict];
  return (
    <div className="flex flex-col gap-5">
      <div className={clsx('flex items-start gap-3 rounded-xl p-4', wash)}>
        <Icon className={clsx('mt-1 size-7 shrink-0', colour)} aria-hidden="true" />
        <div>
          <p className={clsx('text-2xl leading-9 font-semibold tracking-tight', colour)} data-testid="verdict">
            {verdictWords[view.verdict]}
          </p>
          <p className="text-sm">{verdictSentences[view.verdict]}</p>
          <p className="mt-1 text-sm text-soft">{pValueWords(view.pValue, view.calibrationPhotos ?? undefined)}</p>
        </div>
      </div>
      {view.strip ? (
        <ScoreStripChart
          strip={view.strip}
          threshold={view.threshold}
          score={view.score}
          novel={view.verdict === 'novel'}
        />
      ) : null}
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 text-sm sm:grid-cols-4">
        <Fact label="Score" value={formatScore(view.score)} />
        <Fact label="Threshold" value={formatScore(view.threshold)} />
        <Fact label="p-value" value={view.pValue < 0.001 ? view.pValue.toExponential(1) : view.pValue.toFixed(3)} />
        <Fact
          label="Classifier says"
          value={view.predictedClass ? `${view.predictedClass}, ${formatPercent(view.classProbability, 0)}` : '–'}
          faded={view.verdict === 'novel'}
        />
      </dl>
      {view.verdict === 'novel' && view.predictedClass ? (
        <p className="-mt-2 text-xs text-soft">
          The classifier can only name classes that it knows, however sure it sounds.
        </p>
      ) : null}
      {view.nearest.length > 0 ? <Nearest view={view} /> : null}
      <p className="border-t border-line pt-3 text-xs text-faint">
        {methodName(view.method)} on{' '}
        <Link href={`/versions/${view.backboneVersion}`} className="font-mono underline hover:text-ink">
          {view.backboneVersion.slice(0, 8)}
        </Link>{' '}
        <span className="figures">
          · {formatMs(view.timings.totalMs)} in all: decoding {formatMs(view.timings.decodeMs)}, waiting{' '}
          {formatMs(view.timings.queueMs)}, network {formatMs(view.timings.inferenceMs)}, scoring{' '}
          {formatMs(view.timings.scoreMs)}
        </span>
      </p>
    </div>
  );
}

function Fact({ label, value, faded = false }: { label: string; value: string; faded?: boolean }) {
  return (
    <div className="min-w-0">
      <dt className="eyebrow">{label}</dt>
      <dd className={clsx('figures truncate font-medium', faded && 'text-soft')} title={value}>
        {value}
      </dd>
    </div>
  );
}

function Nearest({ view }: { view: VerdictView }) {
  return (
    <div>
      <p className="eyebrow mb-2">Nearest relevant photos</p>
      <ul className="grid grid-cols-3 gap-2 sm:grid-cols-6">
        {view.nearest.map((neighbour) => (
          <li key={neighbour.contentDigest} className="min-w-0">
            {/* From the artifact store, behind the session: nothing for an optimiser. */}
            {/* eslint-disable-next-line @next/next/no-img-element */}
            <img
              src={`/photos/${neighbour.contentDigest}`}
              alt={neighbour.label}
              className="aspect-square w-full rounded-md bg-sunken object-cover"
            />
            <p className="mt-1 truncate text-xs">{neighbour.label}</p>
            <p className="figures text-[0.6875rem] text-faint" title="Euclidean distance of unit activations, 0 to 2">
              {neighbour.distance.toFixed(2)} away
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}
