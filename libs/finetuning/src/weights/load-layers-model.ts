import * as tf from '@tensorflow/tfjs';
import { ShapeError } from '@outsider/domain';
import type { Network } from '../graph/run-graph.ts';
import type { LayersModelFiles } from './write-layers-model.ts';

/**
 * A layers model as TensorFlow.js itself loads and runs it, to be compared with the network that was written. Its
 * outputs are named as their layers are.
 */
export async function loadLayersModel({
  model,
  shards,
}: LayersModelFiles): Promise<Pick<Network, 'predict' | 'dispose'>> {
  const loaded = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: model.modelTopology,
      weightSpecs: model.weightsManifest.flatMap(({ weights }) => weights) as tf.io.WeightsManifestEntry[],
      // Joined here: not every release of TensorFlow.js takes shards as they are.
      weightData: joined(shards.map(({ bytes }) => bytes)),
    }),
  );
  const shape = loaded.inputs[0].shape.slice(1) as number[];
  const imageSize = shape.reduce((product, side) => product * side, 1);
  return {
    predict(images, count) {
      if (images.length !== count * imageSize) throw new ShapeError('images', [count, ...shape], [images.length]);
      return tf.tidy(() => {
        const outputs = loaded.predict(tf.tensor(images, [count, ...shape]), { batchSize: 8 });
        const tensors = Array.isArray(outputs) ? outputs : [outputs];
        return Object.fromEntries(
          tensors.map((output, i) => [loaded.outputNames[i], output.dataSync() as Float32Array]),
        );
      });
    },
    dispose: () => void loaded.dispose(),
  };
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole.buffer;
}
