import type { Snapshot } from '@outsider/database';
import { splits } from '@outsider/domain';
import { countOf, formatCount } from '../views/format.ts';
import { splitWords } from '../views/words.ts';
import { Card } from './card.tsx';
import { DigestText } from './digest.tsx';
import { Cell, HeadCell, Table } from './table.tsx';

/** What a snapshot holds by class, group and split, and what was left out of it. */
export function SnapshotReport({ snapshot }: { snapshot: Snapshot }) {
  const photos = snapshot.counts.reduce((sum, count) => sum + count.photos, 0);
  const used = splits.filter((split) => snapshot.counts.some((count) => count.split === split));
  const photosOf = (name: string, kind: 'label' | 'group', split: string) =>
    snapshot.counts
      .filter((count) => count[kind] === name && count.split === split)
      .reduce((sum, count) => sum + count.photos, 0);
  const rows = [
    ...snapshot.classes.map((name) => ({ name, kind: 'label' as const })),
    ...snapshot.groups.map((name) => ({ name, kind: 'group' as const })),
  ];
  return (
    <div className="flex flex-col gap-4">
      <Card className="overflow-hidden">
        <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-3 text-sm">
          <span>
            <span className="font-medium">{snapshot.dataset}</span> · {countOf(photos, 'photo')},{' '}
            {countOf(snapshot.classes.length, 'class', 'classes')},{' '}
            {countOf(snapshot.groups.length, 'irrelevant group')}
          </span>
          <DigestText digest={snapshot.digest} what="the snapshot" />
        </div>
        <Table label="Photos by class, group and split">
          <thead>
            <tr>
              <HeadCell>Class or group</HeadCell>
              {used.map((split) => (
                <HeadCell key={split} className="text-right">
                  {splitWords[split]}
                </HeadCell>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, kind }) => (
              <tr key={`${kind} ${name}`} className="border-b border-line last:border-0">
                <Cell className={kind === 'label' ? 'font-medium text-relevant' : 'font-medium text-novel'}>
                  {name}
                  <span className="sr-only">{kind === 'label' ? ', relevant' : ', irrelevant'}</span>
                </Cell>
                {used.map((split) => {
                  const count = photosOf(name, kind, split);
                  return (
                    <Cell key={split} className="figures text-right">
                      {count === 0 ? <span className="text-faint">–</span> : formatCount(count)}
                    </Cell>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </Table>
      </Card>
      <div className="grid gap-4 lg:grid-cols-2">
        <LeftOut title="Skipped files" none="Every file could be read." files={snapshot.report.skipped} />
        <LeftOut title="Duplicates" none="No photo is there twice." files={snapshot.report.duplicates} />
      </div>
    </div>
  );
}

function LeftOut({
  title,
  none,
  files,
}: {
  title: string;
  none: string;
  files: readonly { readonly path: string; readonly reason: string }[];
}) {
  return (
    <Card className="p-4">
      <h3 className="text-sm font-medium">
        {title} <span className="figures text-soft">{formatCount(files.length)}</span>
      </h3>
      {files.length === 0 ? (
        <p className="mt-1 text-sm text-soft">{none}</p>
      ) : (
        <ul className="mt-2 max-h-48 overflow-y-auto text-xs" tabIndex={0} aria-label={title}>
          {files.map((file) => (
            <li
              key={file.path}
              className="flex flex-wrap justify-between gap-x-3 border-t border-line py-1 first:border-0"
            >
              <span className="font-mono break-all">{file.path}</span>
              <span className="text-soft">{file.reason}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
