import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Digest } from '@outsider/domain';

/** Lower-case hex sha-256 of bytes. */
export function sha256(bytes: Uint8Array): Digest {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Reads the file once, in chunks. */
export async function sha256OfFile(file: string): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Passes chunks on and hashes them on the way. Ask for the digest after the last chunk only. */
export function hashing(source: AsyncIterable<Uint8Array>): {
  chunks: AsyncIterable<Uint8Array>;
  digest: () => Digest;
} {
  const hash = createHash('sha256');
  let digest: Digest | undefined;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  }
  return { chunks: chunks(), digest: () => (digest ??= hash.digest('hex')) };
}
