import { type Digest } from '@outsider/domain';

import { compareText, datasetRoles, type DatasetEntry } from './dataset-entry.ts';
import { type ReadableEntry } from './examine-files.ts';

/** A copy of a photo that was left out. */
export interface DuplicateFile {
  readonly path: string;
  readonly sha256: Digest;
  /** The copy that stayed; null when all went, because they contradict each other. */
  readonly keptPath: string | null;
  readonly reason: string;
}

/**
 * Keeps one of each content hash: the one of the earliest role (train, valid, irrelevant, unseen), and within a role
 * the first by name. A photo that lies in two classes of the same role says nothing about its class: all its copies go.
 *
 * @returns the kept entries, ordered by role, label, group and path, and what was left out
 */
export function dropDuplicates(entries: Iterable<ReadableEntry>): {
  kept: ReadableEntry[];
  duplicates: DuplicateFile[];
} {
  const copies = new Map<Digest, ReadableEntry[]>();
  for (const entry of [...entries].sort(compareEntries)) {
    const list = copies.get(entry.sha256);
    if (list === undefined) copies.set(entry.sha256, [entry]);
    else list.push(entry);
  }
  const kept: ReadableEntry[] = [];
  const duplicates: DuplicateFile[] = [];
  for (const list of copies.values()) {
    const [first, ...rest] = list;
    const rival = rest.find(({ role, label }) => role === first.role && label !== first.label);
    if (rival !== undefined) {
      const reason = `the same photo is in the classes "${first.label}" and "${rival.label}"`;
      duplicates.push(...list.map(({ path, sha256 }) => ({ path, sha256, keptPath: null, reason })));
      continue;
    }
    kept.push(first);
    for (const { path, sha256 } of rest) {
      duplicates.push({ path, sha256, keptPath: first.path, reason: `the same photo as ${first.path}` });
    }
  }
  return { kept, duplicates: duplicates.sort((a, b) => compareText(a.path, b.path)) };
}

function compareEntries(a: DatasetEntry, b: DatasetEntry): number {
  return (
    datasetRoles.indexOf(a.role) - datasetRoles.indexOf(b.role) ||
    compareText(a.label ?? '', b.label ?? '') ||
    compareText(a.group ?? '', b.group ?? '') ||
    compareText(a.path, b.path)
  );
}
