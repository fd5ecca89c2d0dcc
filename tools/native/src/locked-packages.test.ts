import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockedPackages, type LockFile } from './locked-packages.ts';

const entry = (version: string, ...dependencies: string[]) => ({
  version,
  integrity: `sha512-${version}`,
  dependencies: Object.fromEntries(dependencies.map((name) => [name, '*'])),
});

const lock: LockFile = {
  packages: {
    'node_modules/@scope/app': entry('1.0.0', 'a', 'b', '@scope/shared'),
    'node_modules/@scope/app/node_modules/a': entry('2.0.0', 'c'),
    'node_modules/a': entry('1.0.0'),
    'node_modules/b': entry('3.0.0', 'a', 'c'),
    'node_modules/b/node_modules/c': entry('5.0.0', 'b'),
    'node_modules/c': entry('4.0.0'),
    'node_modules/@scope/shared': entry('9.0.0', 'd'),
    'node_modules/unrelated': entry('1.0.0'),
  },
};

describe('lockedPackages', () => {
  it('follows dependencies to where Node would find them, once each, through circles', () => {
    const found = lockedPackages(lock, '@scope/app', (name) => name === '@scope/shared');
    expect(Object.fromEntries(found.map(({ place, spec }) => [place, spec]))).toEqual({
      'node_modules/@scope/app': '@scope/app@1.0.0',
      'node_modules/@scope/app/node_modules/a': 'a@2.0.0',
      'node_modules/c': 'c@4.0.0',
      'node_modules/b': 'b@3.0.0',
      'node_modules/a': 'a@1.0.0',
      'node_modules/b/node_modules/c': 'c@5.0.0',
    });
    expect(found).toHaveLength(6);
  });

  it('names what the lock file lacks', () => {
    expect(() => lockedPackages(lock, '@scope/app', () => false)).toThrow('package-lock.json lacks node_modules/d');
    expect(() => lockedPackages(lock, 'other', () => false)).toThrow('node_modules/other');
  });

  it("finds both addons in this project's lock file, and no second TensorFlow.js", () => {
    const file = path.resolve(import.meta.dirname, '../../../package-lock.json');
    const ours = JSON.parse(readFileSync(file, 'utf8')) as LockFile;
    for (const name of ['tfjs-node', 'tfjs-node-gpu']) {
      const found = lockedPackages(ours, `@tensorflow/${name}`, (dependency) => dependency.startsWith('@tensorflow/'));
      const places = found.map(({ place }) => place);
      expect(places).toEqual(expect.arrayContaining(['node_modules/google-protobuf', 'node_modules/progress']));
      expect(places.filter((place) => place.includes('@tensorflow'))).toEqual(
        places.filter((place) => place.startsWith(`node_modules/@tensorflow/${name}`)),
      );
      expect(found.every(({ integrity }) => /^sha512-[\w+/]{86}==$/.test(integrity))).toBe(true);
    }
  });
});
