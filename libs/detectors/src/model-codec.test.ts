import {
  BackboneMismatchError,
  CorruptDataError,
  FailedPreconditionError,
  InvalidArgumentError,
} from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { checksum } from './checksum.ts';
import { decodeModel, encodeModel, type ModelHeader } from './model-codec.ts';
import { loadModel } from './load-model.ts';
import { requireBackboneVersion } from './require-backbone-version.ts';

const header: ModelHeader = {
  detector: 'knn',
  formatVersion: 3,
  options: { k: 50, note: 'größer „quoted" \u{1f600}' },
  backboneVersion: 'ab'.repeat(32),
  layers: ['relevant_layer', 'pooled'],
};

function makeModel() {
  return {
    bank: { rows: 3, cols: 3, data: Float32Array.from({ length: 9 }, (_, i) => Math.fround(Math.sin(i) * 1e-7)) },
    mean: Float64Array.of(Math.PI, -0, 5e-324, Number.MAX_VALUE),
    labels: Int32Array.of(-1, 2 ** 31 - 1),
    flags: Uint8Array.of(1, 0, 255),
    counts: Uint32Array.of(2 ** 32 - 1),
    empty: new Float32Array(0),
    scale: 0.1 + 0.2,
    name: 'é',
    parts: [{ on: true, none: null }, { weights: Float32Array.of(1.5) }],
  };
}

const model = makeModel();

/** Writes the checksum anew, as somebody who changes a file on purpose would. */
function reseal(bytes: Uint8Array): Uint8Array {
  const sealed = bytes.slice();
  new DataView(sealed.buffer).setUint32(20, checksum(sealed.subarray(24), checksum(sealed.subarray(0, 20))), true);
  return sealed;
}

function replaceText(bytes: Uint8Array, from: string, to: string): Uint8Array {
  expect(to.length).toBe(from.length);
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const at = text.indexOf(from);
  expect(at).toBeGreaterThan(0);
  const changed = bytes.slice();
  for (let i = 0; i < to.length; i++) changed[at + i] = to.charCodeAt(i);
  return reseal(changed);
}

describe('model codec', () => {
  it('gives back header and model, bit for bit', () => {
    const decoded = decodeModel(encodeModel(header, model));
    expect(decoded.header).toEqual(header);
    expect(decoded.model).toEqual(model);
    const { mean } = decoded.model as typeof model;
    expect(Object.is(mean[1], -0)).toBe(true);
  });

  it('writes the same bytes for the same model', () => {
    expect(encodeModel(header, makeModel())).toEqual(encodeModel(header, model));
  });

  it('reads from anywhere in a larger buffer', () => {
    const bytes = encodeModel(header, model);
    for (const shift of [1, 4, 8]) {
      const larger = new Uint8Array(bytes.length + 16);
      larger.set(bytes, shift);
      expect(decodeModel(larger.subarray(shift, shift + bytes.length)).model).toEqual(model);
    }
  });

  it('copies no array where the bytes are aligned', () => {
    const bytes = encodeModel(header, model);
    const decoded = decodeModel(bytes).model as typeof model;
    expect(decoded.bank.data.buffer).toBe(bytes.buffer);
  });

  it('leaves out fields that are undefined', () => {
    expect(decodeModel(encodeModel(header, { a: 1, b: undefined })).model).toEqual({ a: 1 });
  });

  it('notices any changed bit', () => {
    const bytes = encodeModel(header, { x: Float32Array.of(1, 2, 3) });
    for (let i = 0; i < bytes.length; i++) {
      const changed = bytes.slice();
      changed[i] ^= 4;
      expect(() => decodeModel(changed), `byte ${i}`).toThrow();
    }
  });

  it('notices a missing end and extra bytes', () => {
    const bytes = encodeModel(header, model);
    expect(() => decodeModel(bytes.subarray(0, bytes.length - 1))).toThrow(CorruptDataError);
    expect(() => decodeModel(bytes.subarray(0, 10))).toThrow(/not an Outsider model/);
    expect(() => decodeModel(Uint8Array.of(...bytes, 0))).toThrow(/bytes/);
  });

  it('refuses a newer container with a sentence that says so', () => {
    const bytes = encodeModel(header, model);
    bytes[8]++;
    expect(() => decodeModel(reseal(bytes))).toThrow(FailedPreconditionError);
    expect(() => decodeModel(reseal(bytes))).toThrow(/newer release/);
  });

  it('refuses an older container, and an older format of a method, with a sentence that says what to do', () => {
    const bytes = encodeModel(header, model);
    bytes[8] = 1;
    expect(() => decodeModel(bytes)).toThrow(FailedPreconditionError);
    expect(() => decodeModel(bytes)).toThrow(/container format 1 is no longer read.*fit the detector again/);
    const old = encodeModel({ ...header, detector: 'knn', formatVersion: 1 }, model);
    expect(() => loadModel(old, header.backboneVersion)).toThrow(/knn format 1 is no longer read/);
  });

  it('refuses fields that would change a prototype', () => {
    const evil = JSON.parse('{"__proto__": {"polluted": 1}}') as unknown;
    expect(() => encodeModel(header, evil)).toThrow(InvalidArgumentError);
    const forged = replaceText(encodeModel(header, { aaaaaaaaa: { polluted: 1 } }), 'aaaaaaaaa', '__proto__');
    expect(() => decodeModel(forged)).toThrow(CorruptDataError);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('refuses arrays outside the file, also when the checksum was made to fit', () => {
    const bytes = encodeModel(header, { x: Float32Array.of(1, 2, 3) });
    expect(() => decodeModel(replaceText(bytes, '"length":3', '"length":9'))).toThrow(/outside the file/);
    expect(() => decodeModel(replaceText(bytes, '"type":"f32"', '"type":"f99"'))).toThrow(/outside the file/);
    expect(() => decodeModel(replaceText(bytes, '{"$array":0}', '{"$array":7}'))).toThrow(/not in the file/);
  });

  it('refuses what is not plain data, saying where it is', () => {
    expect(() => encodeModel(header, { a: [{ b: NaN }] })).toThrow('model.a[0].b: expected a finite number, got NaN');
    expect(() => encodeModel(header, { w: Float32Array.of(1, -Infinity) })).toThrow(
      /model\.w: expected finite numbers/,
    );
    expect(() => encodeModel(header, { f: () => 1 })).toThrow(/model\.f/);
    expect(() => encodeModel(header, { when: new Date(0) })).toThrow(/plain data/);
    expect(() => encodeModel({ ...header, backboneVersion: 'latest' }, model)).toThrow(/backbone version/);
  });
});

describe('requireBackboneVersion', () => {
  it('passes its own backbone version and refuses every other', () => {
    expect(() => requireBackboneVersion(header, header.backboneVersion)).not.toThrow();
    expect(() => requireBackboneVersion(header, 'cd'.repeat(32))).toThrow(BackboneMismatchError);
  });
});
