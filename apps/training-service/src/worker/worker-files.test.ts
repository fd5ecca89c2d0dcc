import { mkdir, mkdtemp, readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TrainingState, Weights } from '@outsider/finetuning';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkpointFile } from './checkpoint-file.ts';
import { createFrozenStore } from './frozen-store.ts';
import { sweepAbandoned } from './sweep-abandoned.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'worker-files-'))));

const weights = (value: number): Weights =>
  new Map([['conv/kernel', { shape: [2, 1], data: Float32Array.of(value, -value) }]]);

function stateOf(epoch: number, bestEpoch: number): TrainingState {
  const history = Array.from({ length: epoch }, (_, i) => ({
    epoch: i + 1,
    loss: 1 / (i + 1),
    accuracy: 0.5,
    validationLoss: 0.1,
    validationAccuracy: 0.9,
    seconds: 1,
  }));
  const best = { epoch: bestEpoch, loss: 0.25, weights: bestEpoch === epoch ? weights(epoch) : weights(bestEpoch) };
  return {
    epoch,
    weights: weights(epoch),
    optimizer: new Map([['steps', { shape: [1], data: Float32Array.of(7) }]]),
    best,
    history,
  };
}

describe('a checkpoint file', () => {
  it.each([
    ['the best epoch is the last', 3, 3],
    ['the best epoch is an earlier one', 3, 2],
  ])('gives back what was written when %s', async (_, epoch, best) => {
    const file = path.join(folder, 'deep/run.safetensors');
    await checkpointFile(file, 'a').write(stateOf(epoch, best));
    expect(await checkpointFile(file, 'a').read()).toEqual(stateOf(epoch, best));
    expect(await readdir(path.dirname(file))).toEqual(['run.safetensors']);
  });

  it('is nothing where there is none, for another training, and when it is damaged', async () => {
    const file = path.join(folder, 'run.safetensors');
    expect(await checkpointFile(file, 'a').read()).toBeUndefined();
    await checkpointFile(file, 'a').write(stateOf(1, 1));
    expect(await checkpointFile(file, 'b').read()).toBeUndefined();
    await truncate(file, (await readFile(file)).length - 3);
    expect(await checkpointFile(file, 'a').read()).toBeUndefined();
  });

  it('keeps the epoch before when the next cannot be written', async () => {
    const file = path.join(folder, 'run.safetensors');
    const checkpoint = checkpointFile(file, 'a');
    await checkpoint.write(stateOf(1, 1));
    // A folder in the way of the temporary file, as a full disk would be.
    await mkdir(`${file}.${process.pid}.tmp/x`, { recursive: true });
    await expect(checkpoint.write(stateOf(2, 2))).rejects.toThrow();
    expect((await checkpoint.read())?.epoch).toBe(1);
  });
});

describe('a frozen store', () => {
  it('reads photos back in any order, and leaves no file', async () => {
    const file = path.join(folder, 'frozen/run.f32');
    const store = await createFrozenStore(file, 3);
    for (const photo of [5, 2, 9]) await store.put(photo, Float32Array.of(photo, photo + 0.5, -photo));
    expect(store.has(2)).toBe(true);
    expect(store.has(3)).toBe(false);
    expect([...(await store.read([9, 5, 9]))]).toEqual([9, 9.5, -9, 5, 5.5, -5, 9, 9.5, -9]);
    await store.remove();
    expect(await readdir(path.dirname(file))).toEqual([]);
  });
});

describe('sweepAbandoned', () => {
  it('removes what has been left for more than a week, and nothing else', async () => {
    await mkdir(path.join(folder, 'checkpoints'));
    for (const name of ['old', 'new']) await writeFile(path.join(folder, 'checkpoints', name), 'x');
    const eightDaysAgo = Date.now() / 1000 - 8 * 24 * 3600;
    await utimes(path.join(folder, 'checkpoints/old'), eightDaysAgo, eightDaysAgo);
    await sweepAbandoned(folder);
    expect(await readdir(path.join(folder, 'checkpoints'))).toEqual(['new']);
  });
});
