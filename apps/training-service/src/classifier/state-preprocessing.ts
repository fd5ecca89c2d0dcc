import type { ImportVersionHeader } from '@outsider/contracts';
import { InvalidArgumentError } from '@outsider/domain';
import { getPreset, parsePreprocessing } from '@outsider/images';
import type { StatedPreprocessing } from './protocol.ts';

/** @throws {InvalidArgumentError} when nothing is stated, the preset is unknown, or a field cannot be */
export function statePreprocessing(message: ImportVersionHeader['preprocessing']): StatedPreprocessing {
  switch (message?.$case) {
    case 'preset':
      return { preprocessing: getPreset(message.value), sizeFromGraph: true };
    case 'stated': {
      const { height, width, cropShare, fit, interpolation, channelOrder, scale, mean, std } = message.value;
      const size = [height, width];
      const share = cropShare === 0 ? {} : { cropShare };
      const stated = { size, fit, ...share, interpolation, channelOrder, scale, mean, std };
      return { preprocessing: parsePreprocessing(stated), sizeFromGraph: false };
    }
    default:
      throw new InvalidArgumentError('header.preprocessing: expected a preset, or every setting stated');
  }
}
