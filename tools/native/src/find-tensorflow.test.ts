import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FailedPreconditionError } from '@outsider/domain';
import { findTensorflow, requireTensorflow, type Tensorflow } from './find-tensorflow.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'outsider-python-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.log('skipped: there is no python3 on this machine');

describe('findTensorflow', () => {
  it('says when there is no such Python', () => {
    expect(() => findTensorflow('no-such-python')).toThrow(FailedPreconditionError);
    expect(() => findTensorflow('no-such-python')).toThrow('"no-such-python" does not start: there is no such program');
  });

  it('says when the program is no Python', () => {
    expect(() => findTensorflow('false')).toThrow('false failed');
  });

  it.skipIf(!hasPython)('finds what pip installed, without importing it, or nothing', { timeout: 60_000 }, () => {
    const python = path.join(folder, 'bin/python');
    expect(spawnSync('python3', ['-m', 'venv', '--without-pip', folder]).status).toBe(0);
    expect(findTensorflow(python)).toBeUndefined();

    const purelib = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';
    const packages = spawnSync(python, ['-c', purelib], { encoding: 'utf8' }).stdout.trim();
    mkdirSync(path.join(packages, 'tensorflow'));
    writeFileSync(path.join(packages, 'tensorflow/__init__.py'), 'raise SystemExit("imported")');
    mkdirSync(path.join(packages, 'tensorflow_cpu-2.21.0.dist-info'));
    writeFileSync(
      path.join(packages, 'tensorflow_cpu-2.21.0.dist-info/METADATA'),
      'Metadata-Version: 2.1\nName: tensorflow-cpu\nVersion: 2.21.0\n',
    );
    const tensorflow = { python, distribution: 'tensorflow-cpu', version: '2.21.0' };
    expect(findTensorflow(python)).toMatchObject(tensorflow);
    expect(() => requireTensorflow(findTensorflow(python), {})).toThrow('without libtensorflow_cc.so.2');
  });
});

describe('requireTensorflow', () => {
  const tensorflow: Tensorflow = { python: 'py', distribution: 'tensorflow-cpu', version: '2.21.0', folder };

  it('refuses none, another version, and one that uses no GPU where a GPU is wanted', () => {
    expect(() => requireTensorflow(undefined, { python: 'py' })).toThrow('py has no TensorFlow');
    expect(() => requireTensorflow(tensorflow, { version: '2.20.0' })).toThrow(
      'py has tensorflow-cpu 2.21.0, wanted was version 2.20.0',
    );
    expect(() => requireTensorflow(tensorflow, { gpu: true })).toThrow(
      'py has tensorflow-cpu 2.21.0, which uses no GPU',
    );
  });

  it('accepts one that has the libraries and the headers', () => {
    const whole = path.join(folder, 'whole');
    mkdirSync(path.join(whole, 'include/tensorflow/c/eager'), { recursive: true });
    for (const file of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'include/tensorflow/c/eager/c_api.h'])
      writeFileSync(path.join(whole, file), '');
    expect(requireTensorflow({ ...tensorflow, folder: whole }, { version: '2.21.0' }).folder).toBe(whole);
  });
});
