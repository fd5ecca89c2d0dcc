/** `npm run outsider -- COMMAND`: the command line. */
import path from 'node:path';
import { Command, InvalidArgumentError as InvalidOption, Option } from 'commander';
import { DomainError, InvalidArgumentError } from '@outsider/domain';
import { detectFiles, formatLine } from './commands/detect.ts';
import { exportFormats, exportVersion, type ExportOptions } from './commands/export.ts';
import { reportSkipped } from './commands/import.ts';
import { importBackbone, inspectBackbone } from './commands/import-backbone.ts';
import { addRecipeOptions, toRecipeSettings, type RecipeFlags } from './commands/recipe-options.ts';
import { start } from './commands/start.ts';
import { describeStatus } from './commands/status.ts';
import { createToken, describeTokens, revokeToken } from './commands/token.ts';
import { reportRun, startRun } from './commands/train.ts';
import { connect, type Clients } from './connect.ts';
import { importPhotos, planFolder } from './import-photos.ts';
import { showProgress, type Progress } from './progress.ts';
import { loadSettings } from './settings.ts';

const program = new Command('outsider')
  .description('Novelty detection for image classifiers: train, embed, detect, retrain.')
  .showHelpAfterError('(add --help for what is expected)');

program
  .command('start')
  .description('start everything; the first time, run the quick start')
  .option(
    '--data <folder>',
    'train on your own photos, unless that was done before: train/<class>/, valid/<class>/, irrelevant/<group>/',
  )
  .option('--architecture <name>', 'resnet50, or tiny for a trial without downloads', 'resnet50')
  .option('--no-quick-start', 'only start the services')
  .action((options: { data?: string; architecture: string; quickStart: boolean }) => start(loadSettings(), options));

program
  .command('import')
  .argument('<folder>', 'train/<class>/, valid/<class>/ (else a share of train), irrelevant/ flat or by group')
  .description('store a folder of photos as a dataset snapshot and print its digest')
  .option('--name <name>', 'name of the dataset (default: the name of the folder)')
  .option('--seed <number>', 'shares out the photos', wholeNumber, 0)
  .action((folder: string, options: { name?: string; seed: number }) =>
    withClients(async (clients) => {
      console.log(await importFolder(clients, folder, options, showProgress(process.stderr)));
    }),
  );

program
  .command('import-backbone')
  .argument('<file>', 'a trained classifier as ONNX; docs/own-classifier.md says how to export one')
  .description('make a backbone version of your own classifier, fit its detectors, and show what they can do')
  .option('--inspect', 'only list the layers that detectors could read', false)
  .option('--name <backbone>', 'the line of versions; made when new')
  .option('--classes <names>', 'separated by commas, in the order of the logits', separated)
  .option(
    '--preprocessing <settings>',
    'torchvision, unit, raw, keras:<architecture>, or JSON (a file, or the text itself)',
  )
  .option('--layer <name>', 'the relevant layer (default: what the last linear layer reads)', '')
  .option('--snapshot <digest>', 'photos to fit detectors on, as `import` printed them')
  .option('--data <folder>', 'or a folder of photos, as `import` takes it')
  .option('--methods <names>', 'detectors to fit, separated by commas (default: all)', separated)
  .option('--promote', 'promote the chosen bundle to production', false)
  .action((file: string, options: ImportBackboneFlags) =>
    withClients(async (clients) => {
      const progress = showProgress();
      if (options.inspect) return inspectBackbone(clients, file, progress);
      const { name: backbone, classes, preprocessing, snapshot, data, layer, methods = [], promote } = options;
      if (!backbone || !classes || !preprocessing || !(snapshot ?? data)) {
        throw new InvalidArgumentError(
          'expected --name, --classes, --preprocessing, and --snapshot or --data (or only --inspect)',
        );
      }
      const snapshotDigest = snapshot ?? (await importFolder(clients, data ?? '', { seed: 0 }, progress));
      const settings = { backbone, classes, preprocessing, layer, snapshotDigest, methods, promote };
      await importBackbone(clients, file, settings, progress);
    }),
  );

addRecipeOptions(
  program
    .command('train')
    .argument('<snapshot>', 'digest of a dataset snapshot, as `import` printed it')
    .description('train a backbone version, refit its detectors, and show what they can do')
    .requiredOption('--experiment <name>', 'the question this run belongs to; made when new')
    .option('--backbone <name>', 'the line of versions (default: the name of the experiment)'),
)
  .optionsGroup('What follows:')
  .option('--methods <names>', 'detectors to fit, separated by commas (default: all)', separated)
  .option('--promote', 'promote the chosen bundle to production', false)
  .action((snapshotDigest: string, options: TrainFlags) =>
    withClients(async (clients) => {
      const { experiment, backbone = experiment, methods = [], promote, ...flags } = options;
      const run = await startRun(clients, {
        experiment,
        backbone,
        snapshotDigest,
        recipe: toRecipeSettings(flags),
        detection: { methods, promote },
      });
      await reportRun(clients, run, showProgress());
    }),
  );

program
  .command('detect')
  .argument('<files...>', 'photos to judge')
  .description('a verdict a line: file, class, score, p-value, threshold, verdict')
  .option('--detector <id>', 'another detector than the one in production', '')
  .option('--json', 'one JSON object a line', false)
  .action((files: string[], options: { detector: string; json: boolean }) =>
    withClients(async (clients) => {
      for await (const line of detectFiles(clients, files, options.detector)) {
        console.log(options.json ? JSON.stringify(line) : formatLine(line));
        if ('error' in line) process.exitCode = 1;
      }
    }),
  );

program
  .command('export')
  .argument('<version>', 'production, backbone@number, or the first 8 digits of a digest, or more')
  .description('write the files of a backbone version and print where they are; docs/export.md says how to use them')
  .addOption(
    new Option('--format <name>', 'to run anywhere, or to train further').choices(exportFormats).default('onnx'),
  )
  .option('--out <folder>', 'made when missing (default: here; a layers model: <backbone>-<number>)')
  .option('--force', 'replace files that are there', false)
  .action((version: string, options: ExportOptions) =>
    withClients(async (clients) => {
      for (const file of await exportVersion(clients, version, options, showProgress(process.stderr))) {
        console.log(file);
      }
    }),
  );

program
  .command('status')
  .description('what is in production, and the newest runs')
  .action(() => withClients(async (clients) => console.log(await describeStatus(clients))));

const token = program.command('token').description('who may call: tokens and their roles');

token
  .command('create')
  .argument('<name>', 'who or what it is for')
  .option('--role <role>', 'viewer or operator', 'viewer')
  .description('make a token and print its secret, once')
  .action(async (name: string, { role }: { role: string }) =>
    console.log(await createToken(loadSettings(), name, role)),
  );

token
  .command('list')
  .description('every token, newest first')
  .action(async () => console.log(await describeTokens(loadSettings())));

token
  .command('revoke')
  .argument('<id>', 'as `token list` prints it')
  .description('end a token')
  .action((id: string) => revokeToken(loadSettings(), id));

interface TrainFlags extends RecipeFlags {
  readonly experiment: string;
  readonly backbone?: string;
  readonly methods?: string[];
  readonly promote: boolean;
}

interface ImportBackboneFlags {
  readonly inspect: boolean;
  readonly name?: string;
  readonly classes?: string[];
  readonly preprocessing?: string;
  readonly layer: string;
  readonly snapshot?: string;
  readonly data?: string;
  readonly methods?: string[];
  readonly promote: boolean;
}

/** @returns the digest of the snapshot that the photos make */
async function importFolder(
  clients: Clients,
  folder: string,
  { name, seed }: { readonly name?: string; readonly seed: number },
  progress: Progress,
): Promise<string> {
  const plan = await planFolder(path.resolve(folder), name ?? path.basename(path.resolve(folder)), seed);
  const imported = await importPhotos(clients, plan, (done, total) =>
    progress.update('import the photos', done / total, `${done} of ${total}`),
  );
  progress.finish();
  for (const line of reportSkipped(imported)) progress.line(line);
  return imported.snapshot?.digest ?? '';
}

function separated(names: string): string[] {
  return names.split(',').map((name) => name.trim());
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidOption('expected a whole number.');
  return value;
}

async function withClients(action: (clients: Clients) => Promise<void>): Promise<void> {
  const clients = connect(loadSettings());
  try {
    await action(clients);
  } finally {
    clients.close();
  }
}

try {
  await program.parseAsync();
} catch (error) {
  // A DomainError is written for people; anything else is a defect, and its stack helps to find it.
  console.error(error instanceof DomainError ? error.message : error);
  process.exitCode = 1;
}
