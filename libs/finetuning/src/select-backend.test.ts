import * as tf from '@tensorflow/tfjs';
import { FailedPreconditionError, InvalidArgumentError } from '@outsider/domain';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { builtAddonPackage } from './native-addon.ts';
import { selectBackend } from './select-backend.ts';

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

const addonsDir = mkdtempSync(path.join(tmpdir(), 'outsider-addons-'));
afterAll(() => rmSync(addonsDir, { recursive: true, force: true }));

/** A package that is there and does not load, as after its TensorFlow was deleted. */
function writeBrokenAddon(): string {
  const folder = builtAddonPackage('tfjs-node', addonsDir);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: '@tensorflow/tfjs-node', main: 'index.js' }));
  const binding = path.join(folder, 'tfjs_binding.node');
  writeFileSync(binding, 'no library');
  writeFileSync(path.join(folder, 'index.js'), `require(${JSON.stringify(binding)});`);
  return folder;
}

describe('selectBackend', () => {
  it('computes on the WASM backend, with files from node_modules', async () => {
    expect(await selectBackend({ force: 'wasm' })).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
    expect([...tf.matMul([[1, 2]], [[3], [4]]).dataSync()]).toEqual([11]);
    expect(await selectBackend({ force: 'wasm' })).toBe('wasm');
  });

  it('refuses a name that it does not know', async () => {
    await expect(selectBackend({ force: 'webgl' })).rejects.toThrow(InvalidArgumentError);
  });

  it.skipIf(isInstalled('@tensorflow/tfjs-node-gpu'))(
    'says why a forced backend cannot be used, where it is not installed',
    async () => {
      const forced = selectBackend({ force: 'tfjs-node-gpu', addonsDir });
      await expect(forced).rejects.toThrow(FailedPreconditionError);
      await expect(forced).rejects.toThrow('tfjs-node-gpu: not installed, and none was built');
    },
  );

  it('passes over a native addon that does not load, says why, and computes on the next', async () => {
    const folder = writeBrokenAddon();
    for (let attempt = 0; attempt < 2; attempt++) {
      const reasons: string[] = [];
      const name = await selectBackend({ addonsDir, onSkipped: (reason) => reasons.push(reason) });
      expect(['tfjs-node', 'wasm']).toContain(name);
      expect(reasons.filter((reason) => reason.startsWith(`${folder} is not used: `))).toHaveLength(1);
      expect(reasons.join()).toContain('tfjs_binding.node');
      expect([...tf.matMul([[1, 2]], [[3], [4]]).dataSync()]).toEqual([11]);
    }
  });

  it.skipIf(isInstalled('@tensorflow/tfjs-node'))(
    'names the reason when the addon that does not load is forced',
    () => {
      writeBrokenAddon();
      return expect(selectBackend({ force: 'tfjs-node', addonsDir })).rejects.toThrow('tfjs_binding.node');
    },
  );
});
