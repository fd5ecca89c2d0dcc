import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { JobState, type ImportVersionHeader, type InspectClassifierResponse } from '@outsider/contracts';
import { FailedPreconditionError, InvalidArgumentError } from '@outsider/domain';
import { parsePreprocessing } from '@outsider/images';
import { announceFile, uploadFile } from '../classifier-file.ts';
import type { Clients } from '../connect.ts';
import { followJob } from '../follow-job.ts';
import type { Progress } from '../progress.ts';
import { reportDetectors } from '../report-detectors.ts';
import { formatTable } from '../table.ts';

/** Reading a large graph takes a while after the upload. */
const deadlineMs = 3_600_000;

export interface ImportBackboneOptions {
  readonly backbone: string;
  readonly classes: readonly string[];
  /** Name of a preset, JSON, or the path of a JSON file. */
  readonly preprocessing: string;
  readonly layer: string;
  readonly snapshotDigest: string;
  readonly methods: readonly string[];
  readonly promote: boolean;
}

/** Uploads a classifier, follows the fit of its detectors and prints what they can do. */
export async function importBackbone(
  clients: Clients,
  file: string,
  { backbone, classes, preprocessing, layer, snapshotDigest, methods, promote }: ImportBackboneOptions,
  progress: Progress,
): Promise<void> {
  const announced = await announceFile(file);
  const header: ImportVersionHeader = {
    file: announced,
    backbone,
    layer,
    classes: [...classes],
    preprocessing: readPreprocessing(preprocessing),
    snapshotDigest,
    detection: { methods: [...methods], falseAlarmRate: 0, confidence: 0, promote, seed: 0 },
    requestId: randomUUID(),
  };
  const upload = uploadFile(header, announced, file, (fraction) => progress.update('upload the classifier', fraction));
  const { version, job, notes, largestDifference } = await clients.backbones.importBackboneVersion(upload, {
    deadlineMs,
  });
  progress.finish();
  progress.line(`  ${version?.backbone} version ${version?.number}, ${version?.digest.slice(0, 12)}`);
  progress.line(`  relevant layer ${version?.imported?.layer}`);
  progress.line(`  computes what the file does within ${largestDifference.toExponential(1)}`);
  for (const note of notes) progress.line(`  ${note}`);

  const ended = await followJob(clients, job?.id ?? '', '', progress);
  if (ended?.state !== JobState.JOB_STATE_SUCCEEDED) {
    throw new FailedPreconditionError(
      `the version is registered, but has no detectors: ${ended?.error || 'the job was cancelled'}`,
    );
  }
  await reportDetectors(clients, version?.digest ?? '', progress);
}

/** The layers of a classifier that detectors could read, as a table. */
export async function inspectBackbone({ backbones }: Clients, file: string, progress: Progress): Promise<void> {
  const announced = await announceFile(file);
  const upload = uploadFile({ file: announced, height: 0, width: 0 }, announced, file, (fraction) =>
    progress.update('upload the classifier', fraction),
  );
  const seen = await backbones.inspectClassifier(upload, { deadlineMs });
  progress.finish();
  progress.line(formatInspection(seen));
}

export function formatInspection({
  candidates,
  height,
  width,
  channelsLast,
  logits,
}: InspectClassifierResponse): string {
  const images = `images of ${height} × ${width} pixels, channels ${channelsLast ? 'last' : 'first'}`;
  const classes = logits === 1 ? 'one number, for two classes' : `${logits} classes`;
  const rows = candidates.map(({ name, operator, width: numbers, feedsOutputLayer }) => [
    `${feedsOutputLayer ? '▸' : ' '} ${name}`,
    operator,
    String(numbers),
  ]);
  const table =
    rows.length === 0 ? 'no layer is one vector an image' : formatTable(['  layer', 'made by', 'numbers'], rows);
  const mark = candidates.some((one) => one.feedsOutputLayer) ? '\n\n▸ is taken when no layer is named' : '';
  return `${images}; ${classes}\n\n${table}${mark}`;
}

/** @throws {InvalidArgumentError} when it is neither a preset's name nor a preprocessing */
export function readPreprocessing(text: string): ImportVersionHeader['preprocessing'] {
  if (!text.startsWith('{') && !text.endsWith('.json')) return { $case: 'preset', value: text };
  const { size, cropShare = 0, mean, std, ...rest } = parsePreprocessing(parseJson(text));
  const [height, width] = size;
  return { $case: 'stated', value: { ...rest, height, width, cropShare, mean: [...mean], std: [...std] } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('{') ? text : readFileSync(text, 'utf8'));
  } catch (cause) {
    throw new InvalidArgumentError(`--preprocessing: ${(cause as Error).message}`, {}, { cause });
  }
}
