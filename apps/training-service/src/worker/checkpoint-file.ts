import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { decodeSafetensors, encodeSafetensors } from '@outsider/artifacts';
import { CorruptDataError } from '@outsider/domain';
import type { EpochMetrics, TrainingState, Weights, WeightTensor } from '@outsider/finetuning';

/** Where a training keeps its last finished epoch, for a process that takes it up after this one died. */
export interface CheckpointFile {
  /** Undefined when there is none, it is damaged, or it belongs to another training. */
  read(): Promise<TrainingState | undefined>;
  /** Written whole under another name first: a process that dies meanwhile leaves the epoch before. */
  write(state: TrainingState): Promise<void>;
}

interface Facts {
  readonly signature: string;
  readonly epoch: number;
  readonly bestEpoch: number;
  /** Null for Infinity, which JSON lacks. */
  readonly bestLoss: number | null;
  readonly history: readonly EpochMetrics[];
}

/** @param signature of everything that the training depends on: another one's state is not taken up */
export function checkpointFile(file: string, signature: string): CheckpointFile {
  return {
    async read() {
      const bytes = await readFile(file).catch(() => undefined);
      if (!bytes) return undefined;
      try {
        return toState(bytes, signature);
      } catch (error) {
        if (error instanceof CorruptDataError || error instanceof SyntaxError) return undefined;
        throw error;
      }
    },
    async write(state) {
      await mkdir(path.dirname(file), { recursive: true });
      const temporary = `${file}.${process.pid}.tmp`;
      try {
        const handle = await open(temporary, 'w');
        try {
          await handle.writeFile(toBytes(state, signature));
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(temporary, file);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
  };
}

function toBytes({ epoch, weights, optimizer, best, history }: TrainingState, signature: string): Uint8Array {
  const isCurrent = best.epoch === epoch;
  const facts: Facts = {
    signature,
    epoch,
    bestEpoch: best.epoch,
    bestLoss: Number.isFinite(best.loss) ? best.loss : null,
    history,
  };
  return encodeSafetensors({
    tensors: Object.fromEntries([
      ...prefixed('weights', weights),
      ...prefixed('optimizer', optimizer),
      ...(isCurrent ? [] : prefixed('best', best.weights)),
    ]),
    metadata: { training: JSON.stringify(facts) },
  });
}

function toState(bytes: Uint8Array, signature: string): TrainingState | undefined {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const facts = JSON.parse(metadata?.['training'] ?? 'null') as Facts | null;
  if (facts?.signature !== signature) return undefined;
  const part = (name: string): Weights =>
    new Map(
      Object.entries(tensors).flatMap(([key, { shape, data }]): [string, WeightTensor][] =>
        key.startsWith(`${name}/`) ? [[key.slice(name.length + 1), { shape, data: data as Float32Array }]] : [],
      ),
    );
  const weights = part('weights');
  return {
    epoch: facts.epoch,
    weights,
    optimizer: part('optimizer'),
    best: {
      epoch: facts.bestEpoch,
      loss: facts.bestLoss ?? Infinity,
      weights: facts.bestEpoch === facts.epoch ? weights : part('best'),
    },
    history: facts.history,
  };
}

function prefixed(name: string, weights: Weights): [string, WeightTensor][] {
  return [...weights].map(([key, tensor]) => [`${name}/${key}`, tensor]);
}
