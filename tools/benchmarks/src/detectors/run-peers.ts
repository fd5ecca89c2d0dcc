import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeNpy } from '@outsider/artifacts';
import type { FeatureSets } from './feature-sets.ts';

/** What peers/detectors.py prints. */
export interface PeerReport {
  /** Seconds, or what their names say. */
  readonly figures: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * The same work by scikit-learn and numpy on the same rows, in a process that inherits our cores.
 *
 * @returns undefined, having said why, where there is no Python with scikit-learn
 */
export function runPeers(
  python: string,
  sets: FeatureSets,
  onProgress: (line: string) => void,
): PeerReport | undefined {
  const probe = spawnSync(python, ['-c', 'import sklearn, scipy'], { encoding: 'utf8' });
  if (probe.status !== 0) {
    onProgress(
      `no peers: ${probe.error?.message ?? probe.stderr.trim().split('\n').at(-1)} (give a Python that has scikit-learn with --python)`,
    );
    return undefined;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'outsider-peers-'));
  try {
    const write = (name: string, data: Float32Array | Int32Array, shape: number[]): void =>
      writeFileSync(path.join(folder, `${name}.npy`), encodeNpy({ shape, data: data as Float32Array }));
    const { tutorial, banks, batch } = sets;
    write('tutorial', Float32Array.from(tutorial.x.data), [tutorial.x.rows, tutorial.x.cols]);
    write('irrelevant', Float32Array.from(tutorial.irrelevant), [tutorial.irrelevant.length]);
    write('batch', Float32Array.from(batch.data), [batch.rows, batch.cols]);
    for (const [n, { x, labels }] of banks) {
      write(`bank-${n}`, Float32Array.from(x.data), [x.rows, x.cols]);
      write(`labels-${n}`, Float32Array.from(labels), [labels.length]);
    }
    const script = path.join(import.meta.dirname, '..', 'peers', 'detectors.py');
    const { status, stdout, stderr } = spawnSync(python, [script, folder], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    if (status !== 0) throw new Error(`the peers failed: ${stderr}`);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as PeerReport;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
