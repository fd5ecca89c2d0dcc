import { CorruptDataError } from '@outsider/domain';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scatter } from '../../fixtures/scattered-weights.ts';
import { composeLayers } from '../graph/compose-layers.ts';
import { matchWeights } from './match-weights.ts';
import { readKerasH5 } from './read-keras-h5.ts';
import { selectWeights } from './weights.ts';

/** Written by tools/oracles/backbones.py: every number is scattered by the name of its weight in the file. */
const named = fileURLToPath(new URL('../fixtures/keras-named.h5', import.meta.url));
const oldest = fileURLToPath(new URL('../fixtures/keras-oldest.h5', import.meta.url));

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'h5-'))));
afterAll(() => rm(folder, { recursive: true }));

/** A copy with something changed. */
async function damaged(change: (bytes: Buffer) => Buffer): Promise<string> {
  const path = join(folder, 'damaged.h5');
  await writeFile(path, change(await readFile(named)));
  return path;
}

function replaceText(bytes: Buffer, from: string, to: string): Buffer {
  const text = bytes.toString('latin1');
  expect(text).toContain(from);
  return Buffer.from(text.replaceAll(from, to), 'latin1');
}

describe('readKerasH5', () => {
  it('reads layers and weights in the order of the file, to the last bit', async () => {
    const layers = await readKerasH5(named);
    expect(layers.map(({ name, weights }) => [name, weights.map((weight) => weight.name)])).toEqual([
      ['input_1', []],
      ['conv2d_7', ['conv2d_7/kernel:0']],
      [
        'batch_normalization_7',
        ['beta', 'moving_mean', 'moving_variance'].map((part) => `batch_normalization_7/${part}:0`),
      ],
      ['narrow_depthwise', ['narrow_depthwise/depthwise_kernel:0']],
      ['conv2d_10', ['conv2d_10/kernel:0', 'conv2d_10/bias:0']],
    ]);
    for (const { name, tensor } of layers.flatMap(({ weights }) => weights)) {
      const length = tensor.shape.reduce((product, side) => product * side, 1);
      expect(tensor.data, name).toEqual(scatter(name, length, -1, 1));
    }
    expect(layers[1].weights[0].tensor.shape).toEqual([3, 3, 2, 4]);
  });

  it('refuses a file that is cut off', async () => {
    const cut = await damaged((bytes) => bytes.subarray(0, bytes.length - 400));
    await expect(readKerasH5(cut)).rejects.toThrow(CorruptDataError);
    const stub = await damaged((bytes) => bytes.subarray(0, 900));
    await expect(readKerasH5(stub)).rejects.toThrow(
      /damaged\.h5 cannot be read as an HDF5 file \(truncated file: .*\)$/,
    );
  });

  it('refuses what is no HDF5 file, or none that Keras wrote', async () => {
    await expect(readKerasH5(await damaged(() => Buffer.from('not at all')))).rejects.toThrow('cannot be read');
    const unlisted = await damaged((bytes) => replaceText(bytes, 'layer_names', 'lawyer_name'));
    await expect(readKerasH5(unlisted)).rejects.toThrow('no layer_names');
    await expect(readKerasH5(join(folder, 'absent.h5'))).rejects.toThrow(CorruptDataError);
  });

  it('names the weight that is listed but not there', async () => {
    const lacking = await damaged((bytes) => replaceText(bytes, 'conv2d_10/bias:0', 'conv2d_10/bios:0'));
    await expect(readKerasH5(lacking)).rejects.toThrow('lacks weight "conv2d_10/bios:0"');
  });
});

describe('matchWeights', () => {
  it('takes numbered layers by their rank and others by their name', async () => {
    const net = composeLayers([8, 8, 2]);
    let x = net.conv('conv2d', net.image, 4, 3, { bias: false });
    x = net.batchNorm('batch_normalization', x, 1e-3, false);
    x = net.add('narrow_depthwise', [x], {
      kind: 'depthwise-conv',
      size: [3, 3],
      stride: [1, 1],
      padding: 'same',
      bias: false,
      activation: 'linear',
    });
    x = net.conv('conv2d_1', x, 3, 1);
    const graph = net.build({ out: x });
    const weights = selectWeights(graph, matchWeights(graph, await readKerasH5(named)));
    expect(weights.get('conv2d/kernel')!.data).toEqual(scatter('conv2d_7/kernel:0', 72, -1, 1));
    expect(weights.get('conv2d_1/bias')!.data).toEqual(scatter('conv2d_10/bias:0', 3, -1, 1));
    expect(weights.get('batch_normalization/beta')!.data).toEqual(scatter('batch_normalization_7/beta:0', 4, -1, 1));
    expect(weights.size).toBe(7);
  });

  it("tells the oldest files' weights by their position", async () => {
    const net = composeLayers([8, 8, 2]);
    const graph = net.build({ out: net.batchNorm('bn1', net.conv('block1_conv1', net.image, 4, 3), 1e-3) });
    const weights = selectWeights(graph, matchWeights(graph, await readKerasH5(oldest)));
    expect(weights.get('block1_conv1/bias')!.data).toEqual(scatter('block1_conv1_b_1:0', 4, -1, 1));
    expect(weights.get('bn1/moving_variance')!.data).toEqual(scatter('bn1_running_std:0', 4, -1, 1));
  });

  it('finds the layers of a model within a model, and what Keras 3 calls a depthwise kernel', () => {
    const net = composeLayers([8, 8, 2]);
    const graph = net.build({
      out: net.add('d', [net.image], {
        kind: 'depthwise-conv',
        size: [3, 3],
        stride: [1, 1],
        padding: 'same',
        bias: true,
        activation: 'linear',
      }),
    });
    const kernel = { shape: [3, 3, 2, 1], data: scatter('k', 18, -1, 1) };
    const bias = { shape: [2], data: scatter('b', 2, -1, 1) };
    const weights = [
      { name: 'd/kernel', tensor: kernel },
      { name: 'backbone/d/bias:0', tensor: bias },
      { name: 'dense/kernel:0', tensor: bias },
    ];
    expect(matchWeights(graph, [{ name: 'backbone', weights }])).toEqual(
      new Map([
        ['d/depthwise_kernel', kernel],
        ['d/bias', bias],
      ]),
    );
  });

  it('refuses a nameless weight too many', () => {
    const net = composeLayers([8, 8, 2]);
    const graph = net.build({ out: net.conv('c', net.image, 4, 3, { bias: false }) });
    const tensor = { shape: [1], data: new Float32Array(1) };
    const weights = ['c_W', 'c_b'].map((name) => ({ name, tensor }));
    expect(() => matchWeights(graph, [{ name: 'c', weights }])).toThrow(CorruptDataError);
  });
});
