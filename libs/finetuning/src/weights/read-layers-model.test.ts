import { CorruptDataError } from '@outsider/domain';
import { mkdtemp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tar from 'tar';
import { describe, expect, it } from 'vitest';
import { readArchive } from './read-archive.ts';
import { readLayersModel } from './read-layers-model.ts';

const kernel = Float32Array.of(1, -2, 3.5, 4, 5, 6);
const bias = Float32Array.of(0.25);
const bytes = new Uint8Array([...new Uint8Array(kernel.buffer), ...new Uint8Array(bias.buffer)]);

/** Two shards, cut inside a number. */
function filesOf(weights: object[], shards = [bytes.subarray(0, 10), bytes.subarray(10)]): Map<string, Uint8Array> {
  const manifest = [{ paths: ['group1-shard1of2.bin', 'group1-shard2of2.bin'], weights }];
  return new Map([
    [
      'package/model/model.json',
      new TextEncoder().encode(JSON.stringify({ format: 'layers-model', weightsManifest: manifest })),
    ],
    ...shards.map((shard, i) => [`package/model/group1-shard${i + 1}of2.bin`, shard] as const),
  ]);
}

const weights = [
  { name: 'dense/kernel', shape: [2, 3], dtype: 'float32' },
  { name: 'dense/bias', shape: [1], dtype: 'float32' },
];

describe('readLayersModel', () => {
  it('reads weights by name across shards', () => {
    expect(readLayersModel(filesOf(weights), 'package/model/model.json')).toEqual(
      new Map([
        ['dense/kernel', { shape: [2, 3], data: kernel }],
        ['dense/bias', { shape: [1], data: bias }],
      ]),
    );
  });

  it('restores weights that were quantised to 8 and 16 bits', () => {
    const quantised = [
      { ...weights[0], quantization: { dtype: 'uint8', scale: 0.5, min: -3 } },
      { name: 'dense/alpha', shape: [2], dtype: 'float32', quantization: { dtype: 'uint16', scale: 2, min: 1 } },
      weights[1],
    ];
    const stored = [0, 1, 2, 127, 254, 255, /* 258 and 65535 */ 2, 1, 255, 255, ...new Uint8Array(bias.buffer)];
    const shard = Uint8Array.from(stored);
    const files = filesOf(quantised, [shard.subarray(0, 7), shard.subarray(7)]);
    expect(readLayersModel(files, 'package/model/model.json')).toEqual(
      new Map([
        ['dense/kernel', { shape: [2, 3], data: Float32Array.of(-3, -2.5, -2, 60.5, 124, 124.5) }],
        ['dense/alpha', { shape: [2], data: Float32Array.of(517, 131071) }],
        ['dense/bias', { shape: [1], data: bias }],
      ]),
    );
    const halfPrecision = filesOf([{ ...weights[0], quantization: { dtype: 'float16' } }]);
    expect(() => readLayersModel(halfPrecision, 'package/model/model.json')).toThrow(CorruptDataError);
  });

  it('refuses missing or short shards, integer weights and other files', () => {
    const read = (files: Map<string, Uint8Array>) => () => readLayersModel(files, 'package/model/model.json');
    expect(read(filesOf(weights, [bytes.subarray(0, 10)]))).toThrow('lacks package/model/group1-shard2of2.bin');
    expect(read(filesOf(weights, [bytes.subarray(0, 10), bytes.subarray(10, 20)]))).toThrow(
      'end before weight "dense/kernel"',
    );
    expect(read(filesOf([{ ...weights[0], dtype: 'uint8' }]))).toThrow(CorruptDataError);
    expect(read(new Map([['package/model/model.json', new TextEncoder().encode('{}')]]))).toThrow('weightsManifest');
  });
});

describe('readArchive', () => {
  it('reads the wanted files of a .tgz', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'archive-'));
    await mkdir(join(folder, 'package'));
    await writeFile(join(folder, 'package/a.bin'), bytes);
    await writeFile(join(folder, 'package/b.txt'), 'unwanted');
    await tar.create({ gzip: true, cwd: folder, file: join(folder, 'x.tgz') }, ['package']);
    const files = await readArchive(join(folder, 'x.tgz'), (path) => path.endsWith('.bin'));
    expect([...files.keys()]).toEqual(['package/a.bin']);
    expect(new Uint8Array(files.get('package/a.bin')!)).toEqual(bytes);
  });

  it('refuses what is no archive', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'archive-')), 'x.tgz');
    await writeFile(path, Buffer.from([0x1f, 0x8b, 0x08, 0, 1, 2, 3]));
    await expect(readArchive(path, () => true)).rejects.toThrow(CorruptDataError);
  });
});
