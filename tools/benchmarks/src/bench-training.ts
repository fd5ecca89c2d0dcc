/**
 * `npm run bench:training [-- --json FILE] [--python PYTHON]`: images/s of the recipe `tutorial` on ResNet50, batch 16,
 * beside Keras' `fit` of the same network with its TensorFlow. Both get images that are decoded and bent already, and
 * take turns in one run, so that a busy machine slows both.
 */
import { Command } from 'commander';
import { writeReport } from './report.ts';
import { runKeras, type KerasReport } from './training/run-keras.ts';
import { runOurs } from './training/run-ours.ts';

interface Options {
  readonly json?: string;
  readonly python: string;
  readonly backend?: string;
  readonly rounds: number;
  readonly steps: number;
  readonly batch: number;
}

const options = new Command('bench:training')
  .option('--json <file>', 'where to write the figures')
  .option('--python <python>', 'a Python with TensorFlow and Keras, for the peer', 'python3')
  .option('--backend <name>', 'of TensorFlow.js: tfjs-node-gpu, tfjs-node or wasm; the fastest that is there')
  .option('--rounds <number>', 'turns of each side', Number, 2)
  .option('--steps <number>', 'measured steps a turn', Number, 5)
  .option('--batch <number>', 'images a step', Number, 16)
  .parse()
  .opts<Options>();

const settings = { warmUpSteps: 2, steps: options.steps, batchSize: options.batch, backend: options.backend };
console.log(`ResNet50, layers above index 80 trained, batches of ${options.batch}, ${options.steps} steps a turn`);
const ours = [];
const peers: KerasReport[] = [];
for (let round = 1; round <= options.rounds; round++) {
  const report = runOurs(settings);
  ours.push(report);
  console.log(`  ours (${report.backend})  ${line(report)}`);
  const peer = runKeras(options.python, settings, console.log);
  if (!peer) continue;
  peers.push(peer);
  console.log(`  Keras ${peer.versions['keras']}  ${line(peer)}`);
}
const imagesPerSecond = fastest(ours);
console.log(`\nours ${imagesPerSecond.toFixed(1)} images/s, ${(1000 / imagesPerSecond).toFixed(0)} ms an image`);
const kerasPerSecond = peers.length > 0 ? fastest(peers) : undefined;
if (kerasPerSecond) {
  console.log(`Keras ${kerasPerSecond.toFixed(1)} images/s, ${(1000 / kerasPerSecond).toFixed(0)} ms an image`);
  console.log(`ours over Keras: ${(imagesPerSecond / kerasPerSecond).toFixed(2)}`);
}
if (options.json) {
  writeReport(
    options.json,
    {
      'training.imagesPerSecond': imagesPerSecond,
      'training.peakMiB': Math.max(...ours.map(({ peakMiB }) => peakMiB)),
      ...(kerasPerSecond && {
        'training.overKerasRatio': imagesPerSecond / kerasPerSecond,
        'training.kerasImagesPerSecond': kerasPerSecond,
        'training.kerasPeakMiB': Math.max(...peers.map(({ peakMiB }) => peakMiB ?? NaN)),
      }),
    },
    `npm run bench:training -- ${process.argv.slice(2).join(' ')}`,
  );
}

type Speed = Pick<KerasReport, 'imagesPerSecond' | 'fastestStepImagesPerSecond' | 'peakMiB'>;

/** Of the fastest step of all turns: what other work on the machine spoils least. */
function fastest(reports: readonly Speed[]): number {
  return Math.max(...reports.map(({ fastestStepImagesPerSecond }) => fastestStepImagesPerSecond));
}

function line({ imagesPerSecond: mean, fastestStepImagesPerSecond: best, peakMiB }: Speed): string {
  return `${mean.toFixed(1)} images/s, the fastest step ${best.toFixed(1)}, at most ${peakMiB?.toFixed(0) ?? '?'} MiB`;
}
