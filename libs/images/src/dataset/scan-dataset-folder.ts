import { realpath, stat } from 'node:fs/promises';

import { InvalidArgumentError } from '@outsider/domain';

import { compareText, datasetRoles, type DatasetEntry, type DatasetRole, type SkippedFile } from './dataset-entry.ts';
import { listFolder, systemCode, walkFiles } from './walk-files.ts';

/** What a dataset folder holds, by name only: no file has been opened. */
export interface DatasetListing {
  /** Ordered by path. */
  readonly entries: readonly DatasetEntry[];
  readonly skipped: readonly SkippedFile[];
  /** Sorted names of the folders in `train/`. */
  readonly classes: readonly string[];
  /** Sorted names of the groups in `irrelevant/` and `unseen/`. */
  readonly groups: readonly string[];
  /** False: only detectors that need no irrelevant photos can be fitted. */
  readonly hasIrrelevant: boolean;
}

const layout =
  'train/<class>/ for at least two classes, and if you have them valid/<class>/, irrelevant/<group>/ and unseen/<group>/';

/** Where each role's photos lie; a validation folder may have any of three names. */
const folderNames: Record<DatasetRole, readonly string[]> = {
  train: ['train'],
  valid: ['valid', 'validation', 'val'],
  irrelevant: ['irrelevant'],
  unseen: ['unseen'],
};

/**
 * Lists the photos of a folder `train/<class>/`, `valid/<class>/` (or `validation`, `val`), `irrelevant/` and `unseen/`
 * (flat, or by group). Deeper folders belong to the class or group they are in. Photos lying flat form the group named
 * like their folder.
 *
 * Memory grows with the number of files, not with their size. Whether a file is an image is for `examineFiles` to say.
 *
 * @throws {InvalidArgumentError} when the folder is missing, empty or not laid out like this, has one class only or a
 *   class without files, or `valid/` has a class that `train/` does not know
 */
export async function scanDatasetFolder(folder: string): Promise<DatasetListing> {
  const root = await openRoot(folder);
  const skipped: SkippedFile[] = [];
  const entries: DatasetEntry[] = [];
  const folders = await findRoleFolders(root, folder, skipped);

  const classes = await scanClasses(root, 'train', 'train', entries, skipped);
  checkClasses(classes, entries);
  if (folders.valid !== undefined) {
    const names = await scanClasses(root, folders.valid, 'valid', entries, skipped);
    const unknown = names.find((name) => !classes.includes(name));
    if (unknown !== undefined) {
      throw new InvalidArgumentError(
        `${folders.valid}/${unknown}: train/ has no class of this name; expected one of ${classes.join(', ')}`,
      );
    }
  }
  for (const role of ['irrelevant', 'unseen'] as const) {
    if (folders[role] !== undefined) await scanGroups(root, role, entries, skipped);
  }
  const groups = new Set(entries.flatMap(({ group }) => group ?? []));
  return {
    entries: entries.sort((a, b) => compareText(a.path, b.path)),
    skipped: skipped.sort((a, b) => compareText(a.path, b.path)),
    classes,
    groups: [...groups].sort(compareText),
    hasIrrelevant: entries.some(({ role }) => role === 'irrelevant'),
  };
}

/** The folder's real path, so that links out of it can be told. */
async function openRoot(folder: string): Promise<string> {
  try {
    if ((await stat(folder)).isDirectory()) return await realpath(folder);
  } catch (error) {
    const problem = systemCode(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${systemCode(error)})`;
    throw new InvalidArgumentError(
      `the dataset folder "${folder}" ${problem}; expected ${layout}`,
      {},
      { cause: error },
    );
  }
  throw new InvalidArgumentError(`"${folder}" is a file; expected a dataset folder with ${layout}`);
}

/** The top folders that have a role, by role. */
async function findRoleFolders(
  root: string,
  folder: string,
  skipped: SkippedFile[],
): Promise<Partial<Record<DatasetRole, string>>> {
  const found: Partial<Record<DatasetRole, string>> = {};
  const strangers: string[] = [];
  for await (const item of listFolder(root, '')) {
    if (item.kind === 'skipped') {
      skipped.push(item.skipped);
      continue;
    }
    const role = item.kind === 'folder' ? datasetRoles.find((r) => folderNames[r].includes(item.name)) : undefined;
    if (role === undefined) {
      strangers.push(item.path);
      skipped.push({ path: item.path, reason: 'in none of the folders train, valid, irrelevant and unseen' });
    } else if (found[role] !== undefined) {
      throw new InvalidArgumentError(`"${folder}" has both ${found[role]}/ and ${item.name}/; expected one of them`);
    } else found[role] = item.name;
  }
  if (found.train === undefined) {
    const names = [...strangers, ...Object.values(found)].sort(compareText);
    const problem = names.length === 0 ? 'is empty' : `has no folder train/, only ${names.slice(0, 8).join(', ')}`;
    throw new InvalidArgumentError(`the dataset folder "${folder}" ${problem}; expected ${layout}`);
  }
  return found;
}

/** Adds the files of every class folder. @returns the sorted class names, of empty folders too */
async function scanClasses(
  root: string,
  folder: string,
  role: 'train' | 'valid',
  entries: DatasetEntry[],
  skipped: SkippedFile[],
): Promise<string[]> {
  const names = new Set<string>();
  for await (const item of listFolder(root, folder)) {
    if (item.kind === 'skipped') skipped.push(item.skipped);
    else if (item.kind === 'file')
      skipped.push({ path: item.path, reason: `lies in ${folder}/ but in no class folder` });
    else {
      const label = toName(item.name);
      names.add(label);
      for await (const file of walkFiles(root, item.path)) {
        if (file.kind === 'skipped') skipped.push(file.skipped);
        else entries.push({ path: file.path, role, label, group: null });
      }
    }
  }
  return [...names].sort(compareText);
}

async function scanGroups(
  root: string,
  role: 'irrelevant' | 'unseen',
  entries: DatasetEntry[],
  skipped: SkippedFile[],
): Promise<void> {
  for await (const item of listFolder(root, role)) {
    if (item.kind === 'skipped') skipped.push(item.skipped);
    else if (item.kind === 'file') entries.push({ path: item.path, role, label: null, group: role });
    else {
      for await (const file of walkFiles(root, item.path)) {
        if (file.kind === 'skipped') skipped.push(file.skipped);
        else entries.push({ path: file.path, role, label: null, group: toName(item.name) });
      }
    }
  }
}

function checkClasses(classes: readonly string[], entries: readonly DatasetEntry[]): void {
  if (classes.length < 2) {
    const found = classes.length === 0 ? 'no class folders' : `one class only, "${classes[0]}"`;
    throw new InvalidArgumentError(`train/ has ${found}; expected at least two class folders with photos in each`);
  }
  const filled = new Set(entries.map(({ label }) => label));
  const empty = classes.find((name) => !filled.has(name));
  if (empty !== undefined) {
    throw new InvalidArgumentError(`train/${empty} has no files; expected photos of the class "${empty}"`);
  }
}

/** macOS stores names decomposed and others do not: one name, one spelling. */
function toName(folderName: string): string {
  return folderName.normalize('NFC');
}
