import { readFile } from 'node:fs/promises';
import type { ListLoadedVersionsRequest, ListLoadedVersionsResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';

/** ListLoadedVersions: which versions answer without loading first. */
export function listLoadedVersions({ pool }: Context) {
  return unary<ListLoadedVersionsRequest, ListLoadedVersionsResponse>('viewer', async () => ({
    versions: await Promise.all(
      pool.list().map(async ({ digest, ready, pid }) => ({
        backboneVersion: digest,
        ready,
        residentBytes: pid === undefined ? 0 : await residentBytesOf(pid),
      })),
    ),
  }));
}

/** From Linux' process table; 0 elsewhere, and for a process that has just ended. */
async function residentBytesOf(pid: number): Promise<number> {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
