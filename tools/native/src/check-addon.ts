/** `check-addon.ts NAME FOLDER`: computes with a freshly built addon and sends its parent what came of it. */
import { compareConvolution, measureSpeed, selectBackend, tensorflowVersion } from '@outsider/finetuning';

export interface AddonCheck {
  /** The library's own version. */
  readonly tensorflow: string;
  readonly gpu: boolean;
  /** Largest relative difference of a convolution and its gradients to the definition. */
  readonly error: number;
  readonly forwardGigaflops: number;
  readonly trainingGigaflops: number;
}

/** GPUs round to TensorFloat-32 unless told otherwise: 10 bits. */
const tolerance = { cpu: 1e-5, gpu: 5e-3 };

async function check(name: string, addonsDir: string): Promise<AddonCheck> {
  const gpu = (await selectBackend({ force: name, addonsDir })) === 'tfjs-node-gpu';
  const tensorflow = tensorflowVersion();
  if (!tensorflow) throw new Error('the addon was built but TensorFlow.js does not compute with it');
  const errors = compareConvolution();
  const error = Math.max(errors.convolution, errors.gradients);
  if (!(error <= tolerance[gpu ? 'gpu' : 'cpu'])) {
    throw new Error(`the addon was built but computes wrongly: a convolution is off by ${error}, relatively`);
  }
  return { tensorflow, gpu, error, ...measureSpeed() };
}

const [name, addonsDir] = process.argv.slice(2);
const answer = await check(name, addonsDir).catch((error: unknown) => ({
  failure: error instanceof Error ? error.message : String(error),
}));
process.send?.(answer, undefined, undefined, () => process.exit());
