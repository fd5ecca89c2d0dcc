'use client';

import { useEffect, useRef, useState, type DragEvent } from 'react';
import clsx from 'clsx';
import { ImageUp, LoaderCircle, X } from 'lucide-react';
import { detectPhoto } from '../actions/detect.ts';
import type { Outcome } from '../actions/outcome.ts';
import { fileProblem, type VerdictView } from '../views/verdict.ts';
import { VerdictBadge } from './badge.tsx';
import { Card } from './card.tsx';
import { Notice } from './notice.tsx';
import { OwnPhoto } from './own-photo.tsx';
import { VerdictCard } from './verdict-card.tsx';

/** A photo that was given, and what came of it; null while the answer is awaited. */
interface Shown {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly outcome: Outcome<VerdictView> | null;
}

/** Photos at most that one drop takes. */
const maxFiles = 24;

/** Takes photos by drop, paste or choice, asks for a verdict on each in turn, and shows the one that is picked. */
export function DetectPanel({ ready }: { ready: boolean }) {
  const [photos, setPhotos] = useState<readonly Shown[]>([]);
  const [picked, setPicked] = useState<number | null>(null);
  const [hovering, setHovering] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const queue = useRef<Promise<void>>(Promise.resolve());
  const nextId = useRef(1);

  function take(files: readonly File[]) {
    setRefusal(
      files.length > maxFiles ? `${files.length} files are too many at once: the first ${maxFiles} are judged.` : null,
    );
    for (const file of files.slice(0, maxFiles)) {
      const id = nextId.current++;
      const problem = fileProblem(file);
      const shown: Shown = {
        id,
        name: file.name,
        url: URL.createObjectURL(file),
        outcome: problem ? { ok: false, sentence: problem } : null,
      };
      setPhotos((all) => [shown, ...all]);
      setPicked(id);
      if (!problem) queue.current = queue.current.then(() => judge(id, file));
    }
  }

  async function judge(id: number, file: File) {
    const form = new FormData();
    form.set('photo', file);
    const outcome = await detectPhoto(form).catch((): Outcome<VerdictView> => ({
      ok: false,
      sentence: 'The dashboard could not be reached; try again.',
    }));
    setPhotos((all) => all.map((one) => (one.id === id ? { ...one, outcome } : one)));
  }

  const latestTake = useRef(take);
  latestTake.current = take;
  useEffect(() => {
    if (!ready) return;
    function onPaste(event: ClipboardEvent) {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length > 0) latestTake.current(files);
    }
    addEventListener('paste', onPaste);
    return () => removeEventListener('paste', onPaste);
  }, [ready]);

  function onDrop(event: DragEvent) {
    event.preventDefault();
    setHovering(false);
    if (ready) take([...event.dataTransfer.files]);
  }

  const shown = photos.find(({ id }) => id === picked);
  return (
    <Card className="overflow-hidden">
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setHovering(ready);
        }}
        onDragLeave={() => setHovering(false)}
        onDrop={onDrop}
        className={clsx('p-3 transition-colors sm:p-4', hovering && 'bg-accent-wash')}
      >
        <input
          ref={chooser}
          type="file"
          accept="image/*"
          multiple
          hidden
          data-testid="photo-input"
          onChange={({ currentTarget }) => {
            take([...(currentTarget.files ?? [])]);
            currentTarget.value = '';
          }}
        />
        <button
          type="button"
          disabled={!ready}
          onClick={() => chooser.current?.click()}
          className={clsx(
            'flex w-full items-center gap-4 rounded-lg border border-dashed border-line-strong transition-colors enabled:hover:border-accent enabled:hover:bg-accent-wash/50 disabled:cursor-not-allowed disabled:opacity-60',
            shown ? 'px-4 py-3 text-left' : 'flex-col justify-center px-4 py-12 text-center',
          )}
        >
          <ImageUp className={clsx('shrink-0 text-accent', shown ? 'size-5' : 'size-8')} aria-hidden="true" />
          <span>
            <span className="block font-medium">
              {shown ? 'Drop, paste or choose another photo' : 'Drop a photo here, paste one, or choose a file'}
            </span>
            {shown ? null : (
              <span className="mt-1 block text-sm text-soft">
                {ready
                  ? 'JPEG, PNG, WebP, GIF or TIFF, up to 32 MB. It is judged and not kept.'
                  : 'Nothing is in production yet: a run has to succeed and be promoted first.'}
              </span>
            )}
          </span>
        </button>
        {refusal ? (
          <Notice tone="warn" className="mt-3">
            {refusal}
          </Notice>
        ) : null}
        <div aria-live="polite">{shown ? <ShownPhoto key={shown.id} photo={shown} /> : null}</div>
        {photos.length > 1 ? (
          <Earlier photos={photos} picked={picked} onPick={setPicked} onClear={() => setPhotos(shown ? [shown] : [])} />
        ) : null}
      </div>
    </Card>
  );
}

function ShownPhoto({ photo }: { photo: Shown }) {
  const { outcome } = photo;
  return (
    <div className="mt-4 grid animate-[rise_0.2s_ease-out] gap-5 md:grid-cols-[minmax(0,17rem)_minmax(0,1fr)]">
      <div className="min-w-0">
        <OwnPhoto
          url={photo.url}
          alt={`The photo to judge: ${photo.name}`}
          className="max-h-80 min-h-24 w-full rounded-lg object-contain"
        />
        <p className="mt-1.5 truncate text-xs text-soft" title={photo.name}>
          {photo.name}
        </p>
      </div>
      <div className="min-h-64 min-w-0">
        {outcome === null ? (
          <p className="flex items-center gap-2 py-4 text-soft" role="status">
            <LoaderCircle className="size-5 animate-spin" aria-hidden="true" /> Looking at it…
          </p>
        ) : outcome.ok ? (
          <VerdictCard view={outcome.value} />
        ) : (
          <Notice tone="bad">{outcome.sentence}</Notice>
        )}
      </div>
    </div>
  );
}

interface EarlierProps {
  photos: readonly Shown[];
  picked: number | null;
  onPick: (id: number) => void;
  onClear: () => void;
}

function Earlier({ photos, picked, onPick, onClear }: EarlierProps) {
  return (
    <div className="mt-5 border-t border-line pt-3">
      <div className="mb-2 flex items-center justify-between">
        <p className="eyebrow">Judged on this page</p>
        <button
          type="button"
          onClick={onClear}
          className="inline-flex items-center gap-1 rounded text-xs text-soft hover:text-ink"
        >
          <X className="size-3.5" aria-hidden="true" /> Clear
        </button>
      </div>
      <ul className="flex gap-2 overflow-x-auto pb-1">
        {photos.map((photo) => (
          <li key={photo.id} className="w-24 shrink-0">
            <button
              type="button"
              onClick={() => onPick(photo.id)}
              aria-pressed={photo.id === picked}
              className="group w-full rounded-lg text-left"
            >
              <OwnPhoto
                url={photo.url}
                alt={photo.name}
                className="aspect-square w-full rounded-lg border-2 border-transparent object-cover group-aria-pressed:border-accent"
              />
              <span className="mt-1 block truncate text-xs">
                {photo.outcome === null ? (
                  'waiting…'
                ) : photo.outcome.ok ? (
                  <VerdictBadge verdict={photo.outcome.value.verdict} />
                ) : (
                  <span className="text-bad">refused</span>
                )}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
