/**
 * `npm run repro:tutorial -- --data DIR [--recipe NAME] [--json FILE]`: the tutorial's experiment on a folder of photos,
 * its table beside ours, and what it never asked: irrelevant photos of groups that no detector has learnt from.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { Command, Option } from 'commander';
import { activeShares } from '@outsider/detectors';
import { recipeNames, type RecipeName } from '@outsider/domain';
import { getArchitecture } from '@outsider/finetuning/architectures';
import { selectRows } from '@outsider/linalg';
import { quantile } from '@outsider/metrics';
import { readPhotoFeatures, type PhotoFeatures } from './repro/photo-features.ts';
import { trainByRecipe, type TrainedByRecipe } from './repro/train-by-recipe.ts';
import { trainTutorialHead, type TrainedActivations } from './repro/tutorial-head.ts';
import { runTutorialSplit, type SplitFigures } from './repro/tutorial-split.ts';
import {
  chooseDetector,
  fitUnsupervisedOnce,
  judgeUnseenGroups,
  type Choice,
  type GroupFigures,
} from './repro/unseen-groups.ts';
import { writeReport } from './report.ts';

interface Options {
  readonly data: string;
  readonly json?: string;
  readonly recipe: RecipeName;
  readonly epochs: number;
  readonly architecture: string;
  readonly splits: number;
  readonly seeds: number;
}

interface Photos {
  readonly photos: PhotoFeatures;
  readonly trained: TrainedActivations;
}

const options = new Command('repro:tutorial')
  .requiredOption('--data <folder>', 'train/<class>, valid/<class>, irrelevant/<group>, unseen/<group>')
  .option('--json <file>', 'where to write the figures')
  .addOption(new Option('--recipe <name>', 'how the network is trained').choices(recipeNames).default('head'))
  .option('--epochs <number>', "0 means the recipe's own", Number, 0)
  .option('--architecture <name>', 'backbone', 'resnet50')
  .option('--splits <number>', 'stratified splits of the tutorial', Number, 20)
  .option('--seeds <number>', 'seeds for the unseen groups', Number, 5)
  .parse()
  .opts<Options>();

if (!existsSync(options.data)) {
  console.error(`no folder ${options.data}`);
  process.exit(1);
}

const started = performance.now();
const cacheDir =
  process.env['OUTSIDER_CACHE_DIR'] ??
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'outsider');
const { photos, trained, training } = await train(options);
console.log(`validation accuracy ${trained.validationAccuracy.toFixed(4)} (TensorFlow.js on ${trained.backend})`);
if (training) {
  const { bestEpoch, epochsRun, seconds: spent, imagesPerSecond } = training;
  console.log(
    `epoch ${bestEpoch} of ${epochsRun} kept; ${spent.toFixed(0)} s of training at ${imagesPerSecond.toFixed(1)} images/s`,
  );
}
console.log();

const shares = reportActiveShares(photos, trained);
const splits = reportSplits(photos, trained, options.splits);
console.log('\nphotos of groups that no detector has learnt from…');
const methods = fitUnsupervisedOnce(photos, trained);
const unseen = judgeUnseenGroups(photos, trained, seedsUpTo(options.seeds), methods);
reportUnseen(unseen);
console.log('\nleave-one-group-out over the irrelevant groups…');
const choice = chooseDetector(photos, trained, seedsUpTo(options.seeds), methods);
reportChoice(choice, unseen);

const seconds = (performance.now() - started) / 1000;
console.log(`\n${seconds.toFixed(0)} s in all`);
if (options.json) {
  const figures = {
    'logreg.accuracy.mean': mean(splits.map((split) => split.accuracy)),
    'logreg.logloss.mean': mean(splits.map((split) => split.logLoss)),
    'mlp.accuracy.mean': mean(splits.map((split) => split.mlpAccuracy)),
    'validation.accuracy': trained.validationAccuracy,
    'seconds.total': seconds,
    ...(training && {
      'training.seconds': training.seconds,
      'training.epochs': training.epochsRun,
      'training.imagesPerSecond': training.imagesPerSecond,
      'training.peakMiB': training.peakMiB,
    }),
    ...shares,
    ...chosenFigures(choice, unseen),
    ...Object.fromEntries(
      unseen.flatMap(({ group, detector, auroc, missRateAtFalseAlarm5, missRateAtFalseAlarm1 }) => [
        [`unseen.${group}.${detector}.auroc`, auroc],
        [`unseen.${group}.${detector}.missRateAtFalseAlarm5`, missRateAtFalseAlarm5],
        [`unseen.${group}.${detector}.missRateAtFalseAlarm1`, missRateAtFalseAlarm1],
      ]),
    ),
  };
  writeReport(options.json, figures, `npm run repro:tutorial -- ${process.argv.slice(2).join(' ')}`);
}

/** `head` goes by pooled features that are computed once and kept; the other recipes train as the service does. */
async function train({ data, recipe, architecture, epochs }: Options): Promise<Partial<TrainedByRecipe> & Photos> {
  if (recipe !== 'head') {
    console.log(`training by the recipe ${recipe}…`);
    return trainByRecipe(data, { recipe, architecture, epochs, seed: 1 }, cacheDir, console.log);
  }
  console.log('looking at the photos…');
  const features = await readPhotoFeatures(data, architecture, cacheDir, console.log);
  console.log('training the relevant layer…');
  return {
    photos: features,
    trained: await trainTutorialHead(features, getArchitecture(architecture).relevantUnits, 1),
  };
}

/** The tutorial saw 19–23, 20–26 and 24–28 %. */
function reportActiveShares({ entries }: PhotoFeatures, { relevantLayer }: TrainedActivations): Record<string, number> {
  const tutorial = { train: '19–23 %', valid: '20–26 %', irrelevant: '24–28 %' };
  const figures: Record<string, number> = {};
  console.log('share of active neurons        p10     p50     p90    tutorial');
  for (const role of ['train', 'valid', 'irrelevant'] as const) {
    const rows = entries.flatMap((entry, i) => (entry.role === role ? [i] : []));
    const all = activeShares(selectRows(relevantLayer, rows));
    const cells = [0.1, 0.5, 0.9].map((q) => {
      const value = quantile(all, q);
      figures[`activeShare.${role}.p${q * 100}`] = value;
      return `${(value * 100).toFixed(1)} %`.padStart(8);
    });
    console.log(`  ${role.padEnd(24)}${cells.join('')}    ${tutorial[role]}`);
  }
  return figures;
}

function reportSplits(
  { entries }: PhotoFeatures,
  { relevantLayer, labels }: TrainedActivations,
  count: number,
): SplitFigures[] {
  const rows = entries.flatMap(({ role }, i) => (role === 'valid' || role === 'irrelevant' ? [i] : []));
  const activations = selectRows(relevantLayer, rows);
  const irrelevant = Int32Array.from(rows, (i) => (labels[i] < 0 ? 1 : 0));
  const splits = seedsUpTo(count).map((seed) => runTutorialSplit(activations, irrelevant, seed));
  const [first] = splits;
  const values = (key: 'accuracy' | 'logLoss') => splits.map((split) => split[key]);
  console.log(`\nlogistic regression, ${count} stratified splits       ours (mean, worst)     tutorial (one split)`);
  console.log(
    `  accuracy on the other 30 %              ${mean(values('accuracy')).toFixed(4)}  ${Math.min(...values('accuracy')).toFixed(4)}     0.9936`,
  );
  console.log(
    `  log loss on the other 30 %              ${mean(values('logLoss')).toFixed(4)}  ${Math.max(...values('logLoss')).toFixed(4)}     0.0447`,
  );
  console.log(
    `  accuracy of the perceptron              ${mean(splits.map((split) => split.mlpAccuracy)).toFixed(4)}  ${Math.min(...splits.map((split) => split.mlpAccuracy)).toFixed(4)}     "almost 100 %"`,
  );
  console.log(
    `  chosen on the first split: C ${first.best.c}, tolerance ${first.best.tol}, log loss ${first.best.logLoss.toFixed(4)}`,
  );
  return splits;
}

function reportUnseen(figures: readonly GroupFigures[]): void {
  const groups = [...new Set(figures.map(({ group }) => group))];
  const title = groups.map((group) => `${group}: AUROC   miss at 5 %   at 1 %`).join('   ');
  console.log(`\n${'detector'.padEnd(24)}${title}`);
  for (const detector of new Set(figures.map((figure) => figure.detector))) {
    const cells = groups.map((group) => {
      const figure = figures.find((f) => f.group === group && f.detector === detector);
      if (!figure) return '';
      const { auroc, missRateAtFalseAlarm5: at5, missRateAtFalseAlarm1: at1 } = figure;
      return `${auroc.toFixed(4).padStart(group.length + 7)}${percent(at5).padStart(14)}${percent(at1).padStart(9)}`;
    });
    console.log(`${detector.padEnd(24)}${cells.join('   ')}`);
  }
}

/** Each method on groups that it has learnt from and on groups that it has not; for most methods both are the same. */
function reportChoice({ chosen, reason, methods }: Choice, unseen: readonly GroupFigures[]): void {
  console.log(
    `\n${'detector'.padEnd(24)}   seen: AUROC   miss at 5 %   at 1 %   unseen: AUROC   miss at 5 %   at 1 %   worst unseen group`,
  );
  for (const { name, macro, groups } of methods) {
    const worst = groups.reduce((a, b) => ((b.unseen?.auroc ?? 1) < (a.unseen?.auroc ?? 1) ? b : a));
    const cells = [macro.seen, macro.unseen].map((figures) =>
      figures
        ? `${figures.auroc.toFixed(4).padStart(14)}${percent(figures.missRateAtFalseAlarm5).padStart(14)}${percent(figures.missRateAtFalseAlarm1).padStart(9)}`
        : '–'.padStart(37),
    );
    console.log(`${name.padEnd(24)}${cells.join('   ')}   ${worst.group} ${worst.unseen?.auroc.toFixed(4) ?? '–'}`);
  }
  console.log(`\nchosen: ${chosen}. ${reason}`);
  for (const { group, auroc, missRateAtFalseAlarm5: miss } of unseen.filter(({ detector }) => detector === chosen)) {
    console.log(
      `  on the photos of ${group} nobody has learnt from: AUROC ${auroc.toFixed(4)}, ${percent(miss)} missed at 5 %`,
    );
  }
}

function chosenFigures({ chosen }: Choice, unseen: readonly GroupFigures[]): Record<string, number> {
  return Object.fromEntries(
    unseen
      .filter(({ detector }) => detector === chosen)
      .flatMap(({ group, auroc, missRateAtFalseAlarm5 }) => [
        [`chosen.${group}.auroc`, auroc],
        [`chosen.${group}.missRateAtFalseAlarm5`, missRateAtFalseAlarm5],
      ]),
  );
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function seedsUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
