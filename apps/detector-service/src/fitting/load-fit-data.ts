import { decodeNpy, decodeSafetensors, type ArtifactStore } from '@outsider/artifacts';
import type { Activations, FitInput, OutputLayer } from '@outsider/detectors';
import type { Layer } from '@outsider/domain';
import { CorruptDataError, NotFoundError } from '@outsider/domain';
import { selectRows, type Matrix } from '@outsider/linalg';
import type { FitRow, FitTask } from './fit-task.ts';

/** A snapshot's activations, and what is fitted on. */
export interface FitData {
  /** All rows of the snapshot. */
  readonly all: Activations;
  readonly input: FitInput;
  /** Pictures made on the fly; undefined when there are none. */
  readonly variants: Activations | undefined;
}

/**
 * Reads activation sets and the output layer, and shares rows out: `train` is the in-distribution bank, `fit` what
 * supervised methods learn from.
 *
 * @throws {CorruptDataError} when an artifact is damaged or not of the shape its record states
 */
export async function loadFitData(store: ArtifactStore, task: FitTask): Promise<FitData> {
  const { rows, activationSets, variants } = task;
  const all = await loadActivations(store, activationSets, rows.length);
  const bank = rowsWhere(task.rows, ({ split, label }) => split === 'train' && label >= 0);
  const taught = rowsWhere(task.rows, ({ split }) => split === 'fit');
  const hasIrrelevant = taught.some((i) => task.rows[i].label < 0);
  return {
    all,
    variants: variants && (await loadActivations(store, variants.activationSets, variants.rows)),
    input: {
      inDistribution: selectActivations(all, bank),
      labels: Int32Array.from(bank, (i) => task.rows[i].label),
      classes: task.classes,
      ...(hasIrrelevant && {
        supervised: {
          activations: selectActivations(all, taught),
          irrelevant: Uint8Array.from(taught, (i) => (task.rows[i].label < 0 ? 1 : 0)),
          groups: taught.map((i) => task.rows[i].group),
        },
      }),
      outputLayer: await loadOutputLayer(store, task, all),
      seed: task.seed,
    },
  };
}

/** Positions of the rows for which `wanted` holds, in order. */
export function rowsWhere(rows: readonly FitRow[], wanted: (row: FitRow) => boolean): number[] {
  return rows.flatMap((row, i) => (wanted(row) ? [i] : []));
}

export function selectActivations({ byLayer }: Activations, rows: readonly number[]): Activations {
  const entries = Object.entries(byLayer).map(([layer, x]) => [layer, selectRows(x, rows)] as const);
  return { byLayer: Object.fromEntries(entries) };
}

async function loadActivations(
  store: ArtifactStore,
  sets: FitTask['activationSets'],
  rows: number,
): Promise<Activations> {
  const byLayer: Partial<Record<Layer, Matrix>> = {};
  for (const { layer, artifact } of sets) {
    byLayer[layer] = await loadMatrix(store, artifact, rows, `activations of ${layer}`);
  }
  return { byLayer };
}

async function loadMatrix(store: ArtifactStore, artifact: string, rows: number, what: string): Promise<Matrix> {
  const { shape, data } = decodeNpy(await store.getBytes(artifact));
  if (!(data instanceof Float32Array) || shape.length !== 2 || shape[0] !== rows) {
    throw new CorruptDataError(`${what}: expected float32 [${rows}, dimension], got [${shape.join(', ')}]`, {
      artifact,
    });
  }
  return { rows, cols: shape[1], data };
}

/** The layer that turns the relevant layer into logits; undefined when the version has none stored. */
async function loadOutputLayer(
  store: ArtifactStore,
  { headArtifact, classes }: FitTask,
  { byLayer }: Activations,
): Promise<OutputLayer | undefined> {
  const features = byLayer.relevant_layer;
  const bytes = await store.getBytes(headArtifact).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
  if (!features || !bytes) return undefined;
  const { 'output_layer.weight': weight, 'output_layer.bias': bias } = decodeSafetensors(bytes).tensors;
  if (!weight || !bias) return undefined;
  const fits = weight.shape.join() === `${features.cols},${classes}` && bias.shape.join() === `${classes}`;
  if (!fits || !(weight.data instanceof Float32Array) || !(bias.data instanceof Float32Array)) {
    throw new CorruptDataError(
      `the backbone's output layer: expected float32 [${features.cols}, ${classes}] and [${classes}], got [${weight.shape.join(', ')}] and [${bias.shape.join(', ')}]`,
      { artifact: headArtifact },
    );
  }
  const outputLayer = { weights: { rows: features.cols, cols: classes, data: weight.data }, bias: bias.data };
  requireSameLogits(outputLayer, features, byLayer.logits);
  return outputLayer;
}

/**
 * The exported network's logits must be what its stored output layer makes of its relevant layer; else every method
 * that reads that layer would be wrong without anyone noticing. A few rows show it.
 */
function requireSameLogits({ weights, bias }: OutputLayer, features: Matrix, logits: Matrix | undefined): void {
  if (!logits) return;
  const rows = Math.min(8, features.rows);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < weights.cols; c++) {
      let sum = bias[c];
      let size = Math.abs(bias[c]);
      for (let j = 0; j < weights.rows; j++) {
        const term = features.data[i * features.cols + j] * weights.data[j * weights.cols + c];
        sum += term;
        size += Math.abs(term);
      }
      const stored = logits.data[i * logits.cols + c];
      if (Math.abs(sum - stored) > 1e-2 * size + 1e-4) {
        throw new CorruptDataError(
          `the backbone's stored output layer gives the logit ${sum} where the network gave ${stored} (photo ${i}, class ${c}): they do not belong together`,
        );
      }
    }
  }
}
