import { InvalidArgumentError, type Preprocessing } from '@outsider/domain';
import { afterAll, describe, expect, it } from 'vitest';
import { augment } from './augment.ts';
import { augmentParameters, tutorialAugmentation } from './augment-parameters.ts';
import { drawWaves, encoderFor } from './draw-test-image.ts';
import { preprocess } from './preprocess.ts';
import { startPixelPool } from './start-pixel-pool.ts';

const pool = startPixelPool({ threads: 2 });
afterAll(() => pool.close());

const preprocessing: Preprocessing = {
  size: [20, 24],
  fit: 'stretch',
  interpolation: 'bilinear',
  channelOrder: 'bgr',
  scale: 1 / 255,
  mean: [0.1, 0.2, 0.3],
  std: [0.5, 0.25, 2],
};

describe('startPixelPool', () => {
  it('gives what the functions give in one thread, many photos at once', async () => {
    const photos = await Promise.all([40, 50, 60].map((size) => encoderFor(drawWaves(size, size)).png().toBuffer()));
    await Promise.all(
      photos.map(async (bytes, i) => {
        const image = await pool.decode(bytes, preprocessing);
        expect(await pool.toTensor(image, preprocessing)).toEqual(await preprocess(bytes, preprocessing));
        const bend = augmentParameters(1, 1, String(i), tutorialAugmentation);
        expect(await pool.toTensor(image, preprocessing, bend)).toEqual(augment(image, bend, preprocessing));
      }),
    );
  });

  it('hands on what is wrong with a photo', async () => {
    const refused = pool.decode(Buffer.from('no photo'), preprocessing);
    await expect(refused).rejects.toThrow(InvalidArgumentError);
    await expect(refused).rejects.toThrow('expected a JPEG');
  });
});
