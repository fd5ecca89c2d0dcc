import { InvalidArgumentError } from '@outsider/domain';
import { getPreset } from '@outsider/images';
import { describe, expect, it } from 'vitest';
import { formatInspection, readPreprocessing } from './import-backbone.ts';

describe('readPreprocessing', () => {
  it('takes a name for a preset, for the service to know', () => {
    expect(readPreprocessing('keras:resnet50')).toEqual({ $case: 'preset', value: 'keras:resnet50' });
  });

  it('takes JSON for every setting', () => {
    expect(readPreprocessing(JSON.stringify(getPreset('torchvision')))).toEqual({
      $case: 'stated',
      value: {
        height: 224,
        width: 224,
        fit: 'centre-crop',
        cropShare: 0.875,
        interpolation: 'bilinear',
        channelOrder: 'rgb',
        scale: 1 / 255,
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
      },
    });
  });

  it.each(['{"size": 224', 'missing.json', '{"size":[224,224]}'])('refuses %s', (text) => {
    expect(() => readPreprocessing(text)).toThrow(InvalidArgumentError);
  });
});

it('marks the layer that is taken when none is named', () => {
  const layer = (name: string, feedsOutputLayer: boolean) => ({ name, operator: 'Relu', width: 512, feedsOutputLayer });
  const seen = { height: 224, width: 200, channelsLast: false, logits: 10 };
  expect(formatInspection({ ...seen, candidates: [layer('/pool', false), layer('/fc', true)] }).split('\n')).toEqual([
    'images of 224 × 200 pixels, channels first; 10 classes',
    '',
    '  layer   made by   numbers',
    '───────────────────────────',
    '  /pool      Relu       512',
    '▸ /fc        Relu       512',
    '',
    '▸ is taken when no layer is named',
  ]);
  expect(formatInspection({ ...seen, candidates: [] })).toContain('no layer is one vector');
});
