import { open, stat } from 'node:fs/promises';
import npmFetch from 'npm-registry-fetch';
import type { NpmSettings } from './npm-settings.ts';

export interface DownloadProgress {
  readonly file: string;
  readonly bytes: number;
  readonly totalBytes: number;
}

interface DownloadOptions {
  /** What progress calls it. */
  readonly file: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/** A server that has not begun to answer by then is taken for unreachable. */
const answerTimeoutMs = 30_000;

/** Appends to `part` what is missing of the file at `address`; starts anew where the server does not know ranges. */
export async function downloadRest(
  address: string,
  part: string,
  npm: NpmSettings,
  { file, onProgress, signal }: DownloadOptions,
): Promise<void> {
  const present = await stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  const response = await request(address, present, npm, signal);
  if (!response) return;
  let position = response.status === 206 ? present : 0;
  const announced = Number(response.headers.get('content-length') ?? NaN);
  const totalBytes = Number.isNaN(announced) ? 0 : position + announced;

  const handle = await open(part, present > 0 ? 'r+' : 'w');
  try {
    if (position === 0) await handle.truncate(0);
    for await (const chunk of response.body) {
      // At its place rather than at the end: two processes then write the same bytes to the same places.
      await handle.write(chunk, 0, chunk.length, position);
      position += chunk.length;
      onProgress?.({ file, bytes: position, totalBytes });
      if (signal?.aborted) return;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (position < totalBytes) throw new Error(`the connection closed after ${position} of ${totalBytes} bytes`);
}

/** @returns null when everything is here already */
async function request(address: string, present: number, npm: NpmSettings, signal?: AbortSignal) {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), answerTimeoutMs);
  try {
    return await npmFetch(address, {
      ...npm,
      // No `cache`: the file is kept by us and need not be in npm's cache too.
      headers: present > 0 ? { range: `bytes=${present}-` } : {},
      signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal,
      fetchRetries: 0,
    });
  } catch (error) {
    // The range starts at the end.
    if ((error as { statusCode?: number }).statusCode === 416 && present > 0) return null;
    if (silence.signal.aborted) throw new Error(`no answer within ${answerTimeoutMs / 1000} s`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
