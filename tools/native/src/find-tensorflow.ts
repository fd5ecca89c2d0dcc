import { existsSync } from 'node:fs';
import path from 'node:path';
import { FailedPreconditionError } from '@outsider/domain';
import { runPython } from './run-python.ts';

/** A TensorFlow that pip installed. */
export interface Tensorflow {
  readonly python: string;
  /** Name of the wheel: `tensorflow`, `tensorflow-cpu`, … */
  readonly distribution: string;
  readonly version: string;
  /** The package's folder: headers in `include`, libraries beside it. */
  readonly folder: string;
}

/** Not imported: that takes seconds and needs none of what the addon needs. */
const script = `
import importlib.metadata as metadata, importlib.util, json, pathlib
spec = importlib.util.find_spec("tensorflow")
found = None
if spec is not None and spec.origin is not None:
    for name in ("tensorflow", "tensorflow-cpu", "tensorflow-cpu-aws", "tensorflow-rocm", "tf-nightly", "tf-nightly-cpu"):
        try:
            found = {"distribution": name, "version": metadata.version(name), "folder": str(pathlib.Path(spec.origin).parent)}
            break
        except metadata.PackageNotFoundError:
            pass
print(json.dumps(found))
`;

/**
 * @returns undefined when this Python has none
 * @throws {FailedPreconditionError} when `python` is no Python
 */
export function findTensorflow(python: string): Tensorflow | undefined {
  const found = JSON.parse(runPython(python, ['-c', script])) as Omit<Tensorflow, 'python'> | null;
  return found ? { python, ...found } : undefined;
}

/** What the addon is linked with, and one of the headers that it includes. */
const neededFiles = [
  'libtensorflow_cc.so.2',
  'libtensorflow_framework.so.2',
  'include/tensorflow/c/eager/c_api.h',
] as const;

/** @throws {FailedPreconditionError} when there is none, or it is not the wanted one, or nothing can be built with it */
export function requireTensorflow(
  tensorflow: Tensorflow | undefined,
  { python, version, gpu = false }: { readonly python?: string; readonly version?: string; readonly gpu?: boolean },
): Tensorflow {
  if (!tensorflow) throw new FailedPreconditionError(`${python} has no TensorFlow (pip install tensorflow-cpu)`);
  const { distribution, folder } = tensorflow;
  const has = `${tensorflow.python} has ${distribution} ${tensorflow.version}`;
  if (version !== undefined && tensorflow.version !== version) {
    throw new FailedPreconditionError(`${has}, wanted was version ${version}`);
  }
  if (gpu && distribution.includes('cpu')) {
    throw new FailedPreconditionError(`${has}, which uses no GPU (pip install "tensorflow[and-cuda]")`);
  }
  const missing = neededFiles.find((file) => !existsSync(path.join(folder, file)));
  if (missing) throw new FailedPreconditionError(`${has} without ${missing}, so nothing can be built against it`);
  return tensorflow;
}
