import { type Dirent } from 'node:fs';
import { lstat, opendir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

import { type SkippedFile } from './dataset-entry.ts';

/** What lies in a folder: a file, a folder, or something that is left out. */
export type FolderItem =
  | { readonly kind: 'file' | 'folder'; readonly path: string; readonly name: string }
  | { readonly kind: 'skipped'; readonly skipped: SkippedFile };

const litter = new Set(['thumbs.db', 'desktop.ini', '__macosx', 'icon\r', '@eadir']);

/**
 * Lists one folder below `root`, in no particular order.
 *
 * Hidden files, the litter of operating systems, links that lead out of `root` or nowhere, and devices are yielded as
 * skipped; links to a file inside are followed.
 *
 * @param root absolute, without links (see `realpath`)
 * @param folder relative to `root`, with forward slashes; empty for `root` itself
 */
export async function* listFolder(root: string, folder: string): AsyncGenerator<FolderItem> {
  for await (const item of await opendir(join(root, folder), { bufferSize: 256 })) {
    const path = folder === '' ? item.name : `${folder}/${item.name}`;
    const reason = litterReason(item.name);
    if (reason !== undefined) yield { kind: 'skipped', skipped: { path, reason } };
    else yield await classify(root, path, item);
  }
}

/** Walks all files at and below a folder, in no particular order. */
export async function* walkFiles(root: string, folder: string): AsyncGenerator<FolderItem> {
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    try {
      for await (const item of listFolder(root, next)) {
        if (item.kind === 'folder') waiting.push(item.path);
        else yield item;
      }
    } catch (error) {
      yield { kind: 'skipped', skipped: { path: next, reason: `cannot be read (${systemCode(error)})` } };
    }
  }
}

/** The operating system's word for what went wrong, such as EACCES. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function litterReason(name: string): string | undefined {
  if (name.startsWith('.')) return 'hidden';
  return litter.has(name.toLowerCase()) ? 'made by the operating system' : undefined;
}

async function classify(root: string, path: string, item: Dirent): Promise<FolderItem> {
  function skip(reason: string): FolderItem {
    return { kind: 'skipped', skipped: { path, reason } };
  }
  try {
    // Some file systems do not say the kind while listing.
    const first = item.isFile() || item.isDirectory() ? item : await lstat(join(root, path));
    if (!first.isSymbolicLink()) {
      if (first.isFile()) return { kind: 'file', path, name: item.name };
      return first.isDirectory() ? { kind: 'folder', path, name: item.name } : skip('neither a file nor a folder');
    }
    const target = await realpath(join(root, path));
    if (!target.startsWith(root.endsWith(sep) ? root : root + sep))
      return skip('a link that leaves the dataset folder');
    const meant = await stat(target);
    if (meant.isFile()) return { kind: 'file', path, name: item.name };
    // Following it would count photos twice, or in a circle.
    return skip(meant.isDirectory() ? 'a link to another folder of the dataset' : 'neither a file nor a folder');
  } catch (error) {
    return skip(item.isSymbolicLink() ? 'a link that leads nowhere' : `cannot be read (${systemCode(error)})`);
  }
}
