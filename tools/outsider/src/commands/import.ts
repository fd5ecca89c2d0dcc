import type { ImportSnapshotResponse, SkippedFile } from '@outsider/contracts';

const shown = 10;

/** What an import left out and why, one line each, the first few by name. */
export function reportSkipped({ skipped, duplicates }: ImportSnapshotResponse): string[] {
  return [...describe('left out', skipped), ...describe('left out as already there', duplicates)];
}

function describe(what: string, files: readonly SkippedFile[]): string[] {
  if (files.length === 0) return [];
  const named = files.slice(0, shown).map(({ path, reason }) => `  ${path}: ${reason}`);
  const more = files.length > shown ? [`  … and ${files.length - shown} more`] : [];
  return [`${files.length} ${files.length === 1 ? 'file' : 'files'} ${what}:`, ...named, ...more];
}
