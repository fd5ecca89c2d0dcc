/**
 * `npm run native:tensorflow -- [--gpu] [--python PYTHON] [--version VERSION]`: builds TensorFlow.js' native addon
 * against the TensorFlow that pip installs, for the backends `tfjs-node` and `tfjs-node-gpu`.
 */
import path from 'node:path';
import { Command } from 'commander';
import { DomainError, FailedPreconditionError } from '@outsider/domain';
import type { NativeBackendName } from '@outsider/finetuning/backends';
import { buildAddon, type AddonBuild } from './build-addon.ts';
import { defaultVersion, makeEnvironment } from './make-environment.ts';
import { findTensorflow, requireTensorflow } from './find-tensorflow.ts';

interface Options {
  readonly gpu?: boolean;
  readonly python?: string;
  readonly version?: string;
}

const options = new Command('native:tensorflow')
  .description("Build TensorFlow.js' native addon against the TensorFlow that pip installs.")
  .option('--gpu', 'for NVIDIA GPUs (CUDA 12); some gigabytes')
  .option('--python <python>', 'an interpreter that has TensorFlow; without, a virtual environment is made')
  .option('--version <version>', `of TensorFlow (default: ${defaultVersion}, or what --python has)`)
  .parse()
  .opts<Options>();

const root = path.resolve(import.meta.dirname, '../../..');
const addonsDir = path.join(root, '.cache/tensorflow');
const say = (line: string): void => console.log(line);

try {
  if (process.platform !== 'linux') {
    throw new FailedPreconditionError(
      `an addon is built on Linux only, not on ${process.platform}: pip's TensorFlow for it does not bring the library that is needed`,
    );
  }
  const name: NativeBackendName = options.gpu ? 'tfjs-node-gpu' : 'tfjs-node';
  const python = options.python ?? makeEnvironment(path.join(addonsDir, `python-${name}`), options, say);
  const tensorflow = requireTensorflow(findTensorflow(python), options);
  say(`TensorFlow ${tensorflow.version} (${tensorflow.distribution}) in ${tensorflow.folder}`);
  const build: AddonBuild = { name, addonsDir, tensorflow, lockFile: path.join(root, 'package-lock.json') };
  const { folder, check } = await buildAddon(build, say);
  say(`built ${path.relative(root, folder)}, found by itself from now on`);
  say(
    `  TensorFlow ${check.tensorflow} under Node ${process.versions.node}, ${check.gpu ? 'on the GPU' : 'on the CPU'}`,
  );
  say(`  a convolution and its gradients are within ${check.error.toExponential(1)} of the definition`);
  say(
    `  3×3 convolution: ${Math.round(check.forwardGigaflops)} GFLOP/s, ${Math.round(check.trainingGigaflops)} with gradients`,
  );
} catch (error) {
  if (!(error instanceof DomainError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
