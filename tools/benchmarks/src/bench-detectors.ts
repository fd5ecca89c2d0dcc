/**
 * `npm run bench:detectors -- [--json FILE] [--data DIR] [--python PYTHON]`: seconds and bytes of every detector, beside
 * scikit-learn and numpy on the same rows in the same run. Ratios are ours over the peer's: lower is better.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { makeFeatureSets } from './detectors/feature-sets.ts';
import { measureOurs } from './detectors/measure-ours.ts';
import { runPeers } from './detectors/run-peers.ts';
import { readPhotoFeatures } from './repro/photo-features.ts';
import { writeReport } from './report.ts';

interface Options {
  readonly json?: string;
  readonly data?: string;
  readonly python: string;
}

const options = new Command('bench:detectors')
  .option('--json <file>', 'where to write the figures')
  .option('--data <folder>', 'photos as for repro:tutorial; without, features come from a seeded generator')
  .option('--python <python>', 'a Python that has scikit-learn', 'python3')
  .parse()
  .opts<Options>();

if (options.data !== undefined && !existsSync(options.data)) {
  console.error(`no folder ${options.data}`);
  process.exit(1);
}

const say = (line: string): void => console.log(`  ${line}`);
const cacheDir =
  process.env['OUTSIDER_CACHE_DIR'] ??
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'outsider');
const photos =
  options.data === undefined ? undefined : await readPhotoFeatures(options.data, 'resnet50', cacheDir, say);
const sets = makeFeatureSets(photos);
console.log(`features from ${sets.source}`);

const ours = measureOurs(sets, say);
console.log('peers…');
const peers = runPeers(options.python, sets, say);
const figures: Record<string, number> = { ...ours };
const ratioNames: Readonly<Record<string, string>> = { seconds: 'overSklearnRatio', fitSeconds: 'fitOverSklearnRatio' };
for (const [name, theirs] of Object.entries(peers?.figures ?? {})) {
  figures[`sklearn.${name}`] = theirs;
  const timed = /seconds$|fitSeconds$|msPerImage/.test(name);
  if (!timed || ours[name] === undefined) continue;
  const last = name.slice(name.lastIndexOf('.') + 1);
  const ratioName = ratioNames[last] ? `${name.slice(0, -last.length)}${ratioNames[last]}` : `${name}OverSklearnRatio`;
  figures[ratioName] = ours[name] / theirs;
}

const width = Math.max(...Object.keys(figures).map((name) => name.length)) + 2;
for (const [name, value] of Object.entries(figures))
  console.log(`${name.padEnd(width)}${Number(value.toPrecision(4))}`);
if (peers)
  console.log(
    Object.entries(peers.versions)
      .map((entry) => entry.join(' '))
      .join(', '),
  );
if (options.json) writeReport(options.json, figures, `npm run bench:detectors -- ${process.argv.slice(2).join(' ')}`);
