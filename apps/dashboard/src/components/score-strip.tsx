import clsx from 'clsx';
import { Ridge } from '../charts/ridge.tsx';
import { formatScore } from '../views/format.ts';
import { positionOn, type ScoreStrip } from '../views/verdict.ts';

interface ScoreStripProps {
  strip: ScoreStrip;
  threshold: number;
  score: number;
  novel: boolean;
}

/** Where a photo's score lies among those of relevant and irrelevant photos. */
export function ScoreStripChart({ strip, threshold, score, novel }: ScoreStripProps) {
  const at = positionOn(strip, score);
  const cut = positionOn(strip, threshold);
  return (
    <figure>
      <div className="relative pt-7">
        <Ridge shares={strip.relevant} tone="relevant" height={34} label="Scores of relevant photos" />
        {strip.irrelevant.length > 0 ? (
          <div className="-scale-y-100">
            <Ridge shares={strip.irrelevant} tone="novel" height={34} label="Scores of irrelevant photos" />
          </div>
        ) : null}
        <span
          className="absolute top-7 bottom-0 w-0 border-l border-dashed border-ink"
          style={{ left: `${cut * 100}%` }}
          aria-hidden="true"
        />
        <span
          className="absolute top-5 bottom-0 w-0.5 -translate-x-1/2 bg-ink"
          style={{ left: `${at * 100}%` }}
          aria-hidden="true"
        />
        <span
          className={clsx(
            'figures absolute top-0 rounded-md px-1.5 text-xs leading-5 font-semibold whitespace-nowrap text-surface',
            novel ? 'bg-novel' : 'bg-relevant',
          )}
          style={{ left: `${at * 100}%`, transform: `translateX(-${Math.round(at * 100)}%)` }}
        >
          {formatScore(score)}
        </span>
      </div>
      <figcaption className="mt-1.5 flex flex-wrap justify-between gap-x-4 text-[0.6875rem] text-faint">
        <span>
          <span className="text-relevant">Relevant above</span>
          {strip.irrelevant.length > 0 ? (
            <>
              , <span className="text-novel">irrelevant below</span>
            </>
          ) : null}
        </span>
        <span className="figures">dashed: threshold {formatScore(threshold)}</span>
      </figcaption>
    </figure>
  );
}
