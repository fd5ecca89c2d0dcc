import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ExportBackboneVersionResponse } from '@outsider/contracts';
import { AlreadyExistsError, CorruptDataError } from '@outsider/domain';
import { beforeEach, describe, expect, it } from 'vitest';
import { receiveFiles } from './receive-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'outsider-export-'));
  return () => rmSync(folder, { recursive: true, force: true });
});

function announce(name: string, content: string): ExportBackboneVersionResponse {
  const digest = createHash('sha256').update(content).digest('hex');
  return { part: { $case: 'file', value: { name, bytes: content.length, digest } } };
}

function chunk(text: string): ExportBackboneVersionResponse {
  return { part: { $case: 'chunk', value: Buffer.from(text) } };
}

async function receive(responses: readonly ExportBackboneVersionResponse[], force = false): Promise<string[]> {
  async function* stream() {
    yield* responses;
  }
  return receiveFiles(stream(), { folder, force, onProgress: () => undefined });
}

const whole = [announce('model.json', 'hello'), chunk('hel'), chunk('lo'), announce('a.bin', 'abc'), chunk('abc')];

describe('receiveFiles', () => {
  it('writes files that come in pieces, and leaves nothing else', async () => {
    expect(await receive(whole)).toEqual([path.join(folder, 'model.json'), path.join(folder, 'a.bin')]);
    expect(readFileSync(path.join(folder, 'model.json'), 'utf8')).toBe('hello');
    expect(readFileSync(path.join(folder, 'a.bin'), 'utf8')).toBe('abc');
    expect(readdirSync(folder).sort()).toEqual(['a.bin', 'model.json']);
  });

  it('replaces what is there only when told so', async () => {
    writeFileSync(path.join(folder, 'a.bin'), 'mine');
    await expect(receive(whole)).rejects.toThrow(AlreadyExistsError);
    expect(readdirSync(folder)).toEqual(['a.bin']);
    expect(readFileSync(path.join(folder, 'a.bin'), 'utf8')).toBe('mine');
    await receive(whole, true);
    expect(readFileSync(path.join(folder, 'a.bin'), 'utf8')).toBe('abc');
  });

  it.each([
    ['other bytes than announced', [announce('a', 'abc'), chunk('abd')]],
    ['a file that ends early', [announce('a', 'abc'), chunk('ab')]],
    ['a damaged file after a whole one', [...whole, announce('b', 'abc'), chunk('xyz')]],
    ['bytes of no file', [chunk('abc')]],
    ['a name that leads elsewhere', [announce('../a', 'abc'), chunk('abc')]],
    ['a hidden name', [announce('.profile', 'abc'), chunk('abc')]],
  ])('keeps nothing of %s', async (_, responses) => {
    await expect(receive(responses)).rejects.toThrow(CorruptDataError);
    expect(readdirSync(folder)).toEqual([]);
  });
});
