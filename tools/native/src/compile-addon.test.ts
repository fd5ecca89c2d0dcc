import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compileAddon } from './compile-addon.ts';
import type { Tensorflow } from './find-tensorflow.ts';

const root = mkdtempSync(path.join(tmpdir(), 'outsider-compile-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A busy machine compiles slowly. */
const timeout = 60_000;
const canCompile = process.platform === 'linux' && spawnSync('c++', ['--version']).status === 0;
if (!canCompile) console.log('skipped: there is no C++ compiler on this machine');

/** Two source files that need what the addon needs: a header of Node-API, TensorFlow's headers and its libraries. */
function writePackage(source: string): { folder: string; headers: string; tensorflow: Tensorflow } {
  const folder = mkdtempSync(path.join(root, 'package-'));
  const headers = path.join(folder, 'headers');
  const library = path.join(folder, 'site-packages/tensorflow');
  for (const directory of [headers, path.join(folder, 'binding'), path.join(library, 'include')])
    mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ binary: { napi_versions: [3, 8, 99] } }));
  writeFileSync(path.join(headers, 'node_api.h'), '#define FROM_NODE NAPI_VERSION');
  writeFileSync(path.join(library, 'include/tf.h'), 'extern "C" int from_tensorflow();');
  writeFileSync(
    path.join(folder, 'binding/tfjs_backend.cc'),
    '#include "tf.h"\nint two() { return from_tensorflow(); }',
  );
  writeFileSync(path.join(folder, 'binding/tfjs_binding.cc'), source);
  return {
    folder,
    headers,
    tensorflow: { python: 'py', distribution: 'tensorflow', version: '2.21.0', folder: library },
  };
}

function writeLibrary(file: string, source: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const name = `-Wl,-soname,${path.basename(file)}`;
  const { status } = spawnSync('c++', ['-shared', '-fPIC', '-x', 'c++', '-', name, '-o', file], { input: source });
  expect(status).toBe(0);
}

describe('compileAddon', () => {
  it('says when there is no compiler', () => {
    const { folder, headers, tensorflow } = writePackage('');
    expect(() => compileAddon(folder, headers, tensorflow, 'no-such-compiler')).toThrow(
      'the C++ compiler "no-such-compiler" does not start: there is no such program (install g++',
    );
  });

  it.skipIf(!canCompile)("passes on the compiler's first error", { timeout }, () => {
    const { folder, headers, tensorflow } = writePackage('#include <missing.h>');
    expect(() => compileAddon(folder, headers, tensorflow, 'c++')).toThrow(
      /does not compile .* 2\.21\.0: .*missing\.h/,
    );
  });

  it.skipIf(!canCompile)(
    'links an addon that finds TensorFlow and the CUDA libraries beside it by itself',
    { timeout },
    () => {
      const { folder, headers, tensorflow } = writePackage('#include <node_api.h>\nint version = FROM_NODE;');
      writeLibrary(
        path.join(tensorflow.folder, 'libtensorflow_cc.so.2'),
        'extern "C" int from_tensorflow() { return 2; }',
      );
      writeLibrary(path.join(tensorflow.folder, 'libtensorflow_framework.so.2'), 'int framework;');
      const nvidia = path.join(path.dirname(tensorflow.folder), 'nvidia/cuda_runtime/lib');
      writeLibrary(path.join(nvidia, 'libcudart.so.12'), 'int cuda;');
      writeLibrary(path.join(nvidia, 'libnvblas.so.12'), 'int other;');
      compileAddon(folder, headers, tensorflow, 'c++');

      const addon = path.join(folder, 'lib/napi-v8/tfjs_binding.node');
      expect(existsSync(addon)).toBe(true);
      const { stdout, status } = spawnSync('ldd', [addon], { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
      if (status !== 0) return console.log('not looked into: there is no ldd on this machine');
      expect(stdout).toContain(`libtensorflow_cc.so.2 => ${tensorflow.folder}/`);
      expect(stdout).toContain(`libcudart.so.12 => ${nvidia}/`);
      expect(stdout).not.toContain('libnvblas');
    },
  );
});
