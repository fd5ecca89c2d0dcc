import type { Digest, Layer } from '@outsider/domain';
import { CorruptDataError, FailedPreconditionError, isDigest, isLayer, parseDigest } from '@outsider/domain';
import { checksum } from './checksum.ts';
import { type ArrayEntry, toTree, type TypedArray, fromTree, typeNameOf, viewArray } from './model-tree.ts';

/** What a stored model says of itself. */
export interface ModelHeader {
  /** {@link Detector.name}. */
  readonly detector: string;
  /** {@link Detector.formatVersion}. */
  readonly formatVersion: number;
  /** The options it was fitted with, as plain data. */
  readonly options: unknown;
  /** The backbone version whose activations it was fitted on: it can read no others. */
  readonly backboneVersion: Digest;
  readonly layers: readonly Layer[];
}

const MAGIC = [0x4f, 0x55, 0x54, 0x53, 0x49, 0x44, 0x45, 0x52]; // "OUTSIDER"
/** The container's own version; a detector's model has its `formatVersion`. Versions 1 and 2 had other checksums. */
const CONTAINER_VERSION = 3;
/** Bytes before the header: magic 8, then u32 each: container version, header bytes, body bytes, checksum. */
const PREFIX = 24;
const ALIGNMENT = 8;

/**
 * A fitted model as bytes: plain, versioned, checksummed. A JSON header (ASCII) tells the structure, raw little-endian
 * arrays follow, each at a multiple of 8 bytes, so that reading makes views and copies nothing. Nothing in it is ever
 * executed.
 *
 * Every platform that runs us is little-endian. The checksum covers all bytes but its own. In the spirit of https://github.com/huggingface/safetensors.
 *
 * @param model plain data, see {@link Detector}
 * @throws {InvalidArgumentError} when the model holds something that is not plain data, or a number that is not finite
 */
export function encodeModel(header: ModelHeader, model: unknown): Uint8Array {
  parseDigest(header.backboneVersion, 'backbone version');
  const arrays: TypedArray[] = [];
  const tree = toTree(model, arrays);
  let bodyBytes = 0;
  const entries: ArrayEntry[] = arrays.map((array) => {
    const entry = { type: typeNameOf(array), length: array.length, offset: bodyBytes };
    bodyBytes += align(array.byteLength);
    return entry;
  });
  const { detector, formatVersion, options, backboneVersion, layers } = header;
  const json = asciiJson({ detector, formatVersion, options, backboneVersion, layers, model: tree, arrays: entries });
  const headerBytes = align(json.length);

  const bytes = new Uint8Array(PREFIX + headerBytes + bodyBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, CONTAINER_VERSION, true);
  view.setUint32(12, headerBytes, true);
  view.setUint32(16, bodyBytes, true);
  for (let i = 0; i < headerBytes; i++) bytes[PREFIX + i] = i < json.length ? json.charCodeAt(i) : 0x20;
  arrays.forEach((array, k) => {
    bytes.set(
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
      PREFIX + headerBytes + entries[k].offset,
    );
  });
  view.setUint32(20, sumOf(bytes), true);
  return bytes;
}

/**
 * Reads what {@link encodeModel} wrote. The model's arrays are views of `bytes` where it starts at a multiple of 8 in
 * its buffer, else of one copy: do not write to `bytes` afterwards.
 *
 * @throws {CorruptDataError} when the bytes are not a model, cut short, or fail their checksum
 * @throws {FailedPreconditionError} when a newer release wrote the file, or one so old that it is no longer read
 */
export function decodeModel(bytes: Uint8Array): { header: ModelHeader; model: unknown } {
  if (bytes.length < PREFIX || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new CorruptDataError(
      'detector model: these bytes are not an Outsider model (its first eight bytes must read OUTSIDER)',
    );
  }
  const aligned = bytes.byteOffset % ALIGNMENT === 0 ? bytes : bytes.slice();
  const view = new DataView(aligned.buffer, aligned.byteOffset, aligned.length);
  const containerVersion = view.getUint32(8, true);
  if (containerVersion > CONTAINER_VERSION) throw newerFormat('container', containerVersion, CONTAINER_VERSION);
  if (containerVersion < CONTAINER_VERSION) throw olderFormat('container', containerVersion, CONTAINER_VERSION);
  const headerBytes = view.getUint32(12, true);
  const bodyBytes = view.getUint32(16, true);
  const expected = PREFIX + headerBytes + bodyBytes;
  if (aligned.length !== expected) {
    throw new CorruptDataError(
      `detector model: expected ${expected} bytes, got ${aligned.length}: the file is cut short or was changed`,
    );
  }
  if (sumOf(aligned) !== view.getUint32(20, true)) {
    throw new CorruptDataError('detector model: the checksum does not match: the file is damaged');
  }
  const parsed = parseHeader(aligned.subarray(PREFIX, PREFIX + headerBytes));
  const bodyStart = aligned.byteOffset + PREFIX + headerBytes;
  const arrays = parsed.arrays.map((entry) => viewArray(aligned.buffer, bodyStart, bodyBytes, entry));
  return { header: parsed.header, model: fromTree(parsed.model, arrays) };
}

/** The one sentence for a file from the future. */
export function newerFormat(what: string, found: number, known: number): FailedPreconditionError {
  return new FailedPreconditionError(
    `detector model: ${what} format ${found} was written by a newer release; this one reads up to ${known}: update, or fit the detector again`,
    { reason: 'MODEL_FORMAT_TOO_NEW', found: String(found), known: String(known) },
  );
}

/** The one sentence for a file that is no longer read. */
export function olderFormat(what: string, found: number, known: number): FailedPreconditionError {
  return new FailedPreconditionError(
    `detector model: ${what} format ${found} is no longer read (now ${known}): fit the detector again`,
    { reason: 'MODEL_FORMAT_TOO_OLD', found: String(found), known: String(known) },
  );
}

function sumOf(bytes: Uint8Array): number {
  return checksum(bytes.subarray(PREFIX), checksum(bytes.subarray(0, 20)));
}

function align(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

/** JSON in ASCII alone, so that a character is a byte. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function parseHeader(bytes: Uint8Array): { header: ModelHeader; model: unknown; arrays: readonly ArrayEntry[] } {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new CorruptDataError('detector model: the header is not JSON', {}, { cause });
  }
  if (typeof json !== 'object' || json === null)
    throw new CorruptDataError('detector model: the header is not a record');
  const { detector, formatVersion, options, backboneVersion, layers, model, arrays } = json as Record<string, unknown>;
  if (
    typeof detector !== 'string' ||
    !Number.isInteger(formatVersion) ||
    typeof backboneVersion !== 'string' ||
    !isDigest(backboneVersion) ||
    !Array.isArray(layers) ||
    !layers.every((layer): layer is Layer => typeof layer === 'string' && isLayer(layer)) ||
    !Array.isArray(arrays)
  ) {
    throw new CorruptDataError(
      'detector model: the header lacks a detector, format version, backbone version, layers or arrays',
    );
  }
  return {
    header: { detector, formatVersion: formatVersion as number, options, backboneVersion, layers },
    model,
    arrays,
  };
}
