import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FailedPreconditionError } from '@outsider/domain';
import { nvidiaLibraries } from './nvidia-libraries.ts';
import type { Tensorflow } from './find-tensorflow.ts';

/**
 * Compiles the addon in a package of tfjs-node, without node-gyp: two files that need the headers of Node-API and of
 * TensorFlow's C interface, and nothing of one version of Node.
 *
 * Where TensorFlow is at build time is written into the addon, so that nothing need be set to run it.
 *
 * @throws {FailedPreconditionError} when there is no compiler or it fails
 */
export function compileAddon(folder: string, headers: string, tensorflow: Tensorflow, compiler: string): void {
  const version = apiVersion(folder);
  const target = path.join(folder, 'lib', `napi-v${version}`, 'tfjs_binding.node');
  mkdirSync(path.dirname(target), { recursive: true });
  const nvidia = nvidiaLibraries(tensorflow.folder);
  const libraryFolders = [tensorflow.folder, ...new Set(nvidia.map((library) => path.dirname(library)))];
  const args = [
    '-shared',
    '-fPIC',
    '-O2',
    '-std=c++17',
    `-DNAPI_VERSION=${version}`,
    `-I${headers}`,
    `-I${path.join(tensorflow.folder, 'include')}`,
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => path.join(folder, 'binding', file)),
    ...['-o', target],
    `-L${tensorflow.folder}`,
    '-l:libtensorflow_cc.so.2',
    '-l:libtensorflow_framework.so.2',
    // TensorFlow opens these by name when it looks for a GPU: found only if they are in the process already.
    ...(nvidia.length > 0 ? ['-Wl,--no-as-needed', ...nvidia] : []),
    ...libraryFolders.map((libraryFolder) => `-Wl,-rpath,${libraryFolder}`),
  ];
  const { status, stderr, error } = spawnSync(compiler, args, { encoding: 'utf8' });
  if (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such program' : error.message;
    throw new FailedPreconditionError(
      `the C++ compiler "${compiler}" does not start: ${reason} (install g++, or name another one in CXX)`,
    );
  }
  if (status !== 0) {
    const lines = stderr.trim().split('\n');
    const reason = (lines.find((line) => line.includes('error')) ?? lines.at(-1)) || `it ended with ${status}`;
    throw new FailedPreconditionError(
      `${compiler} does not compile the addon against TensorFlow ${tensorflow.version}: ${reason}`,
    );
  }
}

/** Where the package will look for its addon: the newest Node-API that it knows and this Node has. */
function apiVersion(folder: string): number {
  const { binary } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    binary: { napi_versions: number[] };
  };
  return Math.max(...binary.napi_versions.filter((version) => version <= Number(process.versions.napi)));
}
