import { HeatMapCanvas } from '../charts/heat-map-canvas.tsx';
import { Ridge } from '../charts/ridge.tsx';
import { readActivations, type ActivationPicture, type ActivationView, type ShareRow } from '../data/activations.ts';
import { countOf, formatCount, formatPercent } from '../views/format.ts';
import { Badge } from './badge.tsx';
import { Card } from './card.tsx';
import { Empty } from './empty.tsx';

/** Active shares and pictures of activations, as in the tutorial; says what is seen here. */
export async function ActivationResults({
  snapshotDigest,
  backboneVersion,
}: {
  snapshotDigest: string;
  backboneVersion: string;
}) {
  const view = await readActivations(snapshotDigest, backboneVersion);
  if (!view) return <Empty title="No activations yet">They are read once the trained backbone is registered.</Empty>;
  return (
    <div className="flex flex-col gap-4">
      <Card className="p-4 sm:p-5">
        <h3 className="text-sm font-medium">Share of active neurons</h3>
        <p className="mt-0.5 mb-4 max-w-3xl text-sm text-soft">{view.sentence}</p>
        <ShareRows view={view} rows={view.rows} />
        {view.groupRows.length > 1 ? (
          <details className="mt-3">
            <summary className="w-fit rounded text-sm font-medium text-accent">By irrelevant group</summary>
            <div className="mt-3">
              <ShareRows view={view} rows={view.groupRows} />
            </div>
          </details>
        ) : null}
      </Card>
      {view.pictures.length > 0 ? (
        <Card className="p-4 sm:p-5">
          <h3 className="text-sm font-medium">Activations of held-out photos</h3>
          <p className="mt-0.5 mb-4 max-w-3xl text-sm text-soft">
            Each picture holds the {formatCount(view.dimension)} neurons of the relevant layer, one cell each, on one
            scale for all photos.
          </p>
          <HeatScale />
          <ul className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-3">
            {view.pictures.map((picture) => (
              <Picture key={picture.contentDigest} picture={picture} />
            ))}
          </ul>
        </Card>
      ) : null}
    </div>
  );
}

function HeatScale() {
  return (
    <p className="mb-4 flex items-center gap-2 text-xs text-soft">
      <span className="size-3 rounded-sm border border-line bg-(--heat-off)" aria-hidden="true" />
      at or below zero
      <span
        className="ml-3 h-3 w-24 rounded-sm"
        style={{ background: 'linear-gradient(90deg, var(--heat-1), var(--heat-2), var(--heat-3), var(--heat-4))' }}
        aria-hidden="true"
      />
      active, weak to strong
    </p>
  );
}

function ShareRows({ view, rows }: { view: ActivationView; rows: readonly ShareRow[] }) {
  const { low, high } = view.bins;
  const at = (share: number) => `${Math.min(100, Math.max(0, ((share - low) / (high - low)) * 100))}%`;
  return (
    <div className="grid gap-y-3">
      {rows.map((row) => (
        <div
          key={row.label}
          className="grid grid-cols-[minmax(0,1fr)_auto] items-end gap-x-4 gap-y-1 sm:grid-cols-[9rem_minmax(0,1fr)_13.5rem]"
        >
          <div className="text-sm">
            <span className="font-medium">{row.label}</span>
            <div className="text-xs text-soft">{countOf(row.summary.photos, 'photo')}</div>
          </div>
          <div className="col-span-2 row-start-2 sm:col-span-1 sm:col-start-2 sm:row-start-1">
            <Ridge
              shares={row.histogram}
              tone={row.tone}
              height={40}
              label={`${row.label}: from ${formatPercent(row.summary.p10)} to ${formatPercent(row.summary.p90)} of neurons active, ${formatPercent(row.summary.p50)} at the median`}
            />
            <div className="relative mt-1 h-1.5" aria-hidden="true">
              <span
                className="absolute top-1/2 h-px -translate-y-1/2 bg-line-strong"
                style={{ left: at(row.summary.p10), right: `calc(100% - ${at(row.summary.p90)})` }}
              />
              <span className="absolute top-0 h-1.5 w-0.5 bg-ink" style={{ left: at(row.summary.p50) }} />
            </div>
          </div>
          <dl className="figures col-start-2 row-start-1 grid grid-cols-3 gap-3 text-right text-sm sm:col-start-3">
            {(['p10', 'p50', 'p90'] as const).map((key) => (
              <div key={key}>
                <dt className="text-[0.6875rem] text-faint">{key}</dt>
                <dd className={key === 'p50' ? 'font-semibold' : ''}>{formatPercent(row.summary[key])}</dd>
              </div>
            ))}
          </dl>
        </div>
      ))}
      <div
        className="figures hidden justify-between text-[0.6875rem] text-faint sm:mr-[14.5rem] sm:ml-40 sm:flex"
        aria-hidden="true"
      >
        <span>{formatPercent(low)}</span>
        <span>{formatPercent(high)}</span>
      </div>
    </div>
  );
}

function Picture({ picture }: { picture: ActivationPicture }) {
  const { caption, relevant, contentDigest, map } = picture;
  const share = `${formatPercent(picture.activeShare)} active`;
  return (
    <li className="min-w-0">
      <div className="grid grid-cols-[1fr_2fr] items-center gap-2">
        {/* A photo from the artifact store, small already and behind the session: nothing for an optimiser. */}
        {/* eslint-disable-next-line @next/next/no-img-element */}
        <img
          src={`/photos/${contentDigest}`}
          alt={`${relevant ? 'Relevant' : 'Irrelevant'} photo: ${caption}`}
          loading="lazy"
          className="aspect-square w-full rounded-md bg-sunken object-cover"
        />
        <HeatMapCanvas map={map} label={`Activations of this photo of ${caption}: ${share}`} />
      </div>
      <p className="mt-1.5 flex items-center justify-between gap-2 text-xs">
        <Badge tone={relevant ? 'relevant' : 'novel'}>{caption}</Badge>
        <span className="figures text-soft">{share}</span>
      </p>
    </li>
  );
}
