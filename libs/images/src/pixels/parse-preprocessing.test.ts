import { InvalidArgumentError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';

import { parsePreprocessing } from './parse-preprocessing.ts';
import { getPreset, preprocessingPresets } from './preprocessing-presets.ts';

const torchvision = getPreset('torchvision');

describe('parsePreprocessing', () => {
  it('takes every preset as it was written down', () => {
    for (const preset of Object.values(preprocessingPresets)) {
      expect(parsePreprocessing(JSON.parse(JSON.stringify(preset)))).toEqual(preset);
    }
  });

  it.each([
    [null, 'an object'],
    [{ ...torchvision, size: [224] }, 'preprocessing.size: expected 2 numbers, got [224]'],
    [{ ...torchvision, size: [0, 224] }, 'size of two integers'],
    [{ ...torchvision, fit: 'crop' }, 'preprocessing.fit: expected stretch or centre-crop, got "crop"'],
    [{ ...torchvision, mean: undefined }, 'preprocessing.mean: expected 3 numbers, got nothing'],
    [{ ...torchvision, std: [1, 0, 1] }, 'no std of zero'],
    [{ ...torchvision, scale: '1/255' }, 'preprocessing.scale: expected a number, got "1/255"'],
    [{ ...torchvision, cropShare: 1.2 }, 'crop share above 0 and at most 1, got 1.2'],
    [{ ...torchvision, fit: 'stretch' }, 'only a centre-crop has one'],
    [{ ...torchvision, crop: 3 }, 'unknown field crop'],
  ])('refuses %j', (value, sentence) => {
    expect(() => parsePreprocessing(value)).toThrow(InvalidArgumentError);
    expect(() => parsePreprocessing(value)).toThrow(sentence);
  });
});

describe('presets', () => {
  it('are found by name, and else listed', () => {
    expect(getPreset('keras:resnet50').channelOrder).toBe('bgr');
    expect(() => getPreset('toString')).toThrow(
      'no preset "toString"; there are torchvision, unit, raw, keras:resnet50',
    );
  });
});
