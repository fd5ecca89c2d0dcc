import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { CancelledError, InvalidArgumentError } from '@outsider/domain';

import { defaultImageLimits, type ImageLimits } from '../pixels/image-limits.ts';
import { type DatasetEntry } from './dataset-entry.ts';
import { examineImage, type ExaminedImage } from './examine-image.ts';
import { mapConcurrent } from './map-concurrent.ts';
import { systemCode } from './walk-files.ts';

export interface ReadableEntry extends DatasetEntry, ExaminedImage {}

export interface UnreadableEntry extends DatasetEntry {
  /** Why it is no image for us, in words for its owner. */
  readonly problem: string;
}

/** A file of a dataset folder after somebody opened it. */
export type ExaminedEntry = ReadableEntry | UnreadableEntry;

export interface ExamineOptions {
  readonly limits?: ImageLimits;
  /** Files read and decoded at once; each may take as much memory as one decoded photo. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  /** Called once for every readable photo, for instance to store it, and waited for. What it throws ends the walk. */
  readonly onImage?: (entry: ReadableEntry, bytes: Uint8Array) => Promise<void>;
}

/**
 * Reads, hashes and decodes the files of a dataset folder, in the order of `entries`. A file that cannot be read or
 * decoded is yielded with its problem.
 *
 * @throws {CancelledError} when `signal` is aborted
 */
export async function* examineFiles(
  folder: string,
  entries: Iterable<DatasetEntry>,
  options: ExamineOptions = {},
): AsyncGenerator<ExaminedEntry> {
  const { limits = defaultImageLimits, concurrency = 2 * availableParallelism(), signal, onImage } = options;

  async function examine(entry: DatasetEntry): Promise<ExaminedEntry> {
    if (signal?.aborted) throw new CancelledError('reading the dataset');
    let bytes: Uint8Array;
    let examined: ReadableEntry;
    try {
      bytes = await readCapped(join(folder, entry.path), limits.maxBytes);
      examined = { ...entry, ...(await examineImage(bytes, limits)) };
    } catch (error) {
      return { ...entry, problem: problemOf(error) };
    }
    await onImage?.(examined, bytes);
    return examined;
  }
  yield* mapConcurrent(entries, concurrency, examine);
}

/** Looks at the size first, so that a huge file is never read. */
async function readCapped(path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > maxBytes) throw new InvalidArgumentError(`the file has ${size} bytes; expected at most ${maxBytes}`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function problemOf(error: unknown): string {
  if (error instanceof InvalidArgumentError) return error.message;
  return `the file cannot be read (${systemCode(error)})`;
}
