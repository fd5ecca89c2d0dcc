import { encodeSafetensors } from '@outsider/artifacts';
import type { Head } from '@outsider/finetuning';

/** What detectors that look at the output layer read. */
export function encodeHead({ relevantLayer, outputLayer }: Head, features: number): Uint8Array {
  const units = relevantLayer.bias.length;
  const classes = outputLayer.bias.length;
  return encodeSafetensors({
    tensors: {
      'relevant_layer.weight': { shape: [features, units], data: relevantLayer.kernel },
      'relevant_layer.bias': { shape: [units], data: relevantLayer.bias },
      'output_layer.weight': { shape: [units, classes], data: outputLayer.kernel },
      'output_layer.bias': { shape: [classes], data: outputLayer.bias },
    },
  });
}
