import { InvalidArgumentError } from '@outsider/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { scanDatasetFolder } from './scan-dataset-folder.ts';

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'outsider-scan-'));
  folder = join(parent, 'photos');
  await mkdir(folder);
});

afterEach(() => rm(parent, { recursive: true }));

/** Writes files with some content; a path that ends in a slash makes an empty folder. */
async function lay(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(path.endsWith('/') ? join(folder, path) : dirname(join(folder, path)), { recursive: true });
    if (!path.endsWith('/')) await writeFile(join(folder, path), path);
  }
}

describe('scanDatasetFolder', () => {
  it('lists every role with its classes and groups, ordered by path', async () => {
    await lay('valid/cat/v.jpg', 'train/dog/b.jpg', 'train/dog/deep/er/a.jpg', 'train/cat/c.jpg');
    await lay('irrelevant/food/f.jpg', 'irrelevant/lone.jpg', 'unseen/toys/t.jpg', 'unseen/u.jpg');
    const listing = await scanDatasetFolder(folder);
    expect(listing).toEqual({
      entries: [
        { path: 'irrelevant/food/f.jpg', role: 'irrelevant', label: null, group: 'food' },
        { path: 'irrelevant/lone.jpg', role: 'irrelevant', label: null, group: 'irrelevant' },
        { path: 'train/cat/c.jpg', role: 'train', label: 'cat', group: null },
        { path: 'train/dog/b.jpg', role: 'train', label: 'dog', group: null },
        { path: 'train/dog/deep/er/a.jpg', role: 'train', label: 'dog', group: null },
        { path: 'unseen/toys/t.jpg', role: 'unseen', label: null, group: 'toys' },
        { path: 'unseen/u.jpg', role: 'unseen', label: null, group: 'unseen' },
        { path: 'valid/cat/v.jpg', role: 'valid', label: 'cat', group: null },
      ],
      skipped: [],
      classes: ['cat', 'dog'],
      groups: ['food', 'irrelevant', 'toys', 'unseen'],
      hasIrrelevant: true,
    });
  });

  it.each(['valid', 'validation', 'val'])('takes %s/ for the validation photos', async (name) => {
    await lay('train/a/1.jpg', 'train/b/2.jpg', `${name}/b/3.jpg`);
    const { entries } = await scanDatasetFolder(folder);
    expect(entries.filter(({ role }) => role === 'valid').map(({ label }) => label)).toEqual(['b']);
  });

  it('needs neither validation nor irrelevant photos, and says that the latter are missing', async () => {
    await lay('train/a/1.jpg', 'train/b/2.jpg', 'unseen/u.jpg');
    expect((await scanDatasetFolder(folder)).hasIrrelevant).toBe(false);
  });

  it('reports what takes no part', async () => {
    await lay('train/a/1.jpg', 'train/b/2.jpg', 'train/a/.DS_Store', 'train/b/Thumbs.db', '.git/config', 'notes.txt');
    await lay('test/x.jpg', 'train/stray.jpg', 'irrelevant/desktop.ini');
    const { entries, skipped, hasIrrelevant } = await scanDatasetFolder(folder);
    expect(entries.map(({ path }) => path)).toEqual(['train/a/1.jpg', 'train/b/2.jpg']);
    expect(hasIrrelevant).toBe(false);
    expect(skipped).toEqual([
      { path: '.git', reason: 'hidden' },
      { path: 'irrelevant/desktop.ini', reason: 'made by the operating system' },
      { path: 'notes.txt', reason: 'in none of the folders train, valid, irrelevant and unseen' },
      { path: 'test', reason: 'in none of the folders train, valid, irrelevant and unseen' },
      { path: 'train/a/.DS_Store', reason: 'hidden' },
      { path: 'train/b/Thumbs.db', reason: 'made by the operating system' },
      { path: 'train/stray.jpg', reason: 'lies in train/ but in no class folder' },
    ]);
  });

  it('follows links to files inside the folder, never out of it nor in circles', async () => {
    await lay('train/a/1.jpg', 'train/b/2.jpg');
    await writeFile(join(parent, 'secret.jpg'), 'outside');
    await mkdir(join(parent, 'photos-of-others'));
    await symlink(join(parent, 'secret.jpg'), join(folder, 'train/a/out.jpg'));
    await symlink('../../../photos-of-others', join(folder, 'train/a/others'));
    await symlink('/nowhere/at/all', join(folder, 'train/a/gone.jpg'));
    await symlink('../b/2.jpg', join(folder, 'train/a/in.jpg'));
    await symlink('..', join(folder, 'train/b/up'));
    const { entries, skipped } = await scanDatasetFolder(folder);
    expect(entries.map(({ path }) => path)).toEqual(['train/a/1.jpg', 'train/a/in.jpg', 'train/b/2.jpg']);
    expect(skipped).toEqual([
      { path: 'train/a/gone.jpg', reason: 'a link that leads nowhere' },
      { path: 'train/a/others', reason: 'a link that leaves the dataset folder' },
      { path: 'train/a/out.jpg', reason: 'a link that leaves the dataset folder' },
      { path: 'train/b/up', reason: 'a link to another folder of the dataset' },
    ]);
  });

  it('reads one name however its accents are stored', async () => {
    await lay(`train/${'caf\u00e9'}/1.jpg`, 'train/b/2.jpg', `valid/${'cafe\u0301'}/3.jpg`);
    const { classes, entries } = await scanDatasetFolder(folder);
    expect(classes).toEqual(['b', 'caf\u00e9']);
    expect(entries.find(({ role }) => role === 'valid')?.label).toBe('caf\u00e9');
  });

  it('opens a folder that is itself a link', async () => {
    await lay('train/a/1.jpg', 'train/b/2.jpg');
    await symlink(folder, join(parent, 'link'));
    expect((await scanDatasetFolder(join(parent, 'link'))).entries.length).toBe(2);
  });

  it.each([
    ['an empty folder', [], /is empty; expected train\/<class>\//],
    ['no train folder', ['cats/1.jpg', 'dogs/2.jpg'], /has no folder train\/, only cats, dogs; expected train/],
    ['no class folders', ['train/1.jpg'], /^train\/ has no class folders; expected at least two/],
    ['one class only', ['train/cats/1.jpg'], /^train\/ has one class only, "cats"; expected at least two/],
    ['a class without photos', ['train/cats/1.jpg', 'train/dogs/'], /^train\/dogs has no files; expected photos/],
    [
      'a validation class unknown to train',
      ['train/cats/1.jpg', 'train/dogs/2.jpg', 'val/fish/3.jpg'],
      /^val\/fish: train\/ has no class of this name; expected one of cats, dogs$/,
    ],
    [
      'two validation folders',
      ['train/cats/1.jpg', 'train/dogs/2.jpg', 'val/cats/3.jpg', 'valid/cats/4.jpg'],
      /has both (val\/ and valid|valid\/ and val)\/; expected one of them$/,
    ],
  ])('refuses %s', async (_, paths, message) => {
    await lay(...paths);
    const refusal = scanDatasetFolder(folder);
    await expect(refusal).rejects.toBeInstanceOf(InvalidArgumentError);
    await expect(refusal).rejects.toThrow(message);
  });

  it('refuses a folder that is missing, or is a file', async () => {
    await expect(scanDatasetFolder(join(parent, 'none'))).rejects.toThrow(/none" does not exist; expected train/);
    await lay('file');
    await expect(scanDatasetFolder(join(folder, 'file'))).rejects.toThrow(/file" is a file; expected a dataset folder/);
  });
});
