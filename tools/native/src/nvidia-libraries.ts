import { existsSync, globSync } from 'node:fs';
import path from 'node:path';

/** What TensorFlow opens to compute on a GPU. Others in those packages serve other programs. */
const opened = /^lib(cudart|cublas|cublasLt|cudnn|cufft|cusolver|cusparse|cupti|nccl|nvJitLink)\.so\.\d+$/;

/**
 * The NVIDIA libraries that `pip install "tensorflow[and-cuda]"` put beside TensorFlow: `nvidia/<package>/lib/*.so.N`.
 *
 * @param tensorflowFolder site-packages/tensorflow
 * @returns sorted paths; none without a CUDA build
 */
export function nvidiaLibraries(tensorflowFolder: string): readonly string[] {
  const nvidia = path.join(path.dirname(tensorflowFolder), 'nvidia');
  if (!existsSync(nvidia)) return [];
  return globSync('*/lib/*.so.*', { cwd: nvidia })
    .filter((file) => opened.test(path.basename(file)))
    .map((file) => path.join(nvidia, file))
    .sort();
}
