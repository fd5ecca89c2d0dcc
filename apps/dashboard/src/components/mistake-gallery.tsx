import { CircleCheck } from 'lucide-react';
import type { MistakeView, RunFigures } from '../data/run-figures.ts';
import { countOf, formatPercent } from '../views/format.ts';

/** As many as fill a few rows; the others are one click away. */
const shownAtOnce = 12;

/** Held-out photos that the classifier takes for another class, the surest first. */
export function MistakeGallery({
  mistakes: { count, kept },
  photos,
}: {
  mistakes: NonNullable<RunFigures['mistakes']>;
  /** Held-out relevant photos that were looked at. */
  photos: number | null;
}) {
  if (count === 0) {
    return (
      <p className="flex items-start gap-2 text-sm text-soft">
        <CircleCheck className="mt-0.5 size-4 shrink-0 text-good" aria-hidden="true" />
        <span>
          None: {photos === null ? 'every held-out photo' : `all ${countOf(photos, 'held-out photo')}`} went to the
          right class.
        </span>
      </p>
    );
  }
  const rest = kept.slice(shownAtOnce);
  return (
    <>
      <p className="mb-3 text-sm text-soft">
        {countOf(count, 'photo')}
        {photos === null ? '' : ` of ${countOf(photos, 'held-out photo')}`} taken for another class, the surest mistakes
        first{kept.length < count ? `; the ${kept.length} surest are shown` : ''}.
      </p>
      <MistakeGrid mistakes={kept.slice(0, shownAtOnce)} />
      {rest.length > 0 ? (
        <details className="group mt-3">
          <summary className="w-fit rounded text-sm text-soft underline decoration-line-strong underline-offset-4 hover:text-ink">
            <span className="group-open:hidden">Show {rest.length} more</span>
            <span className="hidden group-open:inline">Show fewer</span>
          </summary>
          <div className="mt-3">
            <MistakeGrid mistakes={rest} />
          </div>
        </details>
      ) : null}
    </>
  );
}

function MistakeGrid({ mistakes }: { mistakes: readonly MistakeView[] }) {
  return (
    <ul className="grid grid-cols-2 gap-3 sm:grid-cols-4 lg:grid-cols-6">
      {mistakes.map(({ contentDigest, label, predicted, probability }) => (
        <li key={contentDigest} className="min-w-0">
          <a href={`/photos/${contentDigest}`} target="_blank" rel="noreferrer" className="block rounded-md">
            {/* From the artifact store, behind the session: nothing for an optimiser. */}
            {/* eslint-disable-next-line @next/next/no-img-element */}
            <img
              src={`/photos/${contentDigest}`}
              alt={`Photo of ${label}, taken for ${predicted}`}
              loading="lazy"
              className="aspect-square w-full rounded-md bg-sunken object-cover"
            />
          </a>
          <p className="mt-1.5 flex items-baseline justify-between gap-2 text-xs">
            <span className="truncate" title={predicted}>
              <span className="text-soft">taken for</span> <span className="font-medium text-novel">{predicted}</span>
            </span>
            <span className="figures shrink-0">{formatPercent(probability)}</span>
          </p>
          <p className="truncate text-xs text-soft" title={label}>
            is {label}
          </p>
        </li>
      ))}
    </ul>
  );
}
