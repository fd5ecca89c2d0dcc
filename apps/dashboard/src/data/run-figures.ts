import { z } from 'zod';

const number = z.number().nullish().catch(undefined);
const counts = z.array(z.array(z.number())).nullish().catch(undefined);

const mistake = z.object({
  contentDigest: z.string(),
  /** Name of the true class. */
  label: z.string(),
  /** Name of the class that the classifier says. */
  predicted: z.string(),
  /** Of the predicted class, 0…1. */
  probability: z.number(),
});

/** A held-out photo that the classifier takes for another class. */
export type MistakeView = z.infer<typeof mistake>;

const training = z.object({
  bestEpoch: number,
  epochsRun: number,
  seconds: number,
  imagesPerSecond: number,
  peakMiB: number,
  weightSource: z.string().nullish().catch(undefined),
  resumedFrom: number,
  stoppedEarly: z.boolean().nullish().catch(undefined),
});

const summary = z.object({
  validation: z
    .object({
      photos: number,
      accuracy: number,
      loss: number,
      confusion: counts,
      mistakes: z.array(mistake).nullish().catch(undefined),
      mistakeCount: number,
    })
    .nullish()
    .catch(undefined),
  training: training.nullish().catch(undefined),
});

/** Final figures of a run; null stands for what was not measured, as in older runs. */
export interface RunFigures {
  readonly validationAccuracy: number | null;
  readonly validationLoss: number | null;
  readonly validationPhotos: number | null;
  /** Rows: true class, columns: predicted. */
  readonly confusion: readonly (readonly number[])[] | null;
  readonly mistakes: {
    /** All that were made, also those not kept. */
    readonly count: number;
    /** The surest first. */
    readonly kept: readonly MistakeView[];
  } | null;
  readonly training: TrainingFigures | null;
}

export interface TrainingFigures {
  readonly bestEpoch: number | null;
  readonly epochsRun: number | null;
  readonly seconds: number | null;
  readonly imagesPerSecond: number | null;
  readonly peakMiB: number | null;
  /** Where the pretrained weights came from. */
  readonly weightSource: string | null;
  /** Epoch after which a second attempt went on. */
  readonly resumedFrom: number | null;
  readonly stoppedEarly: boolean;
}

export function readRunFigures(value: unknown): RunFigures {
  const parsed = summary.safeParse(value);
  const { validation, training: trained } = parsed.success ? parsed.data : {};
  const { mistakes } = validation ?? {};
  return {
    validationAccuracy: validation?.accuracy ?? null,
    validationLoss: validation?.loss ?? null,
    validationPhotos: validation?.photos ?? null,
    confusion: validation?.confusion ?? null,
    mistakes: mistakes ? { count: validation?.mistakeCount ?? mistakes.length, kept: mistakes } : null,
    training: trained
      ? {
          bestEpoch: trained.bestEpoch ?? null,
          epochsRun: trained.epochsRun ?? null,
          seconds: trained.seconds ?? null,
          imagesPerSecond: trained.imagesPerSecond ?? null,
          peakMiB: trained.peakMiB ?? null,
          weightSource: trained.weightSource ?? null,
          resumedFrom: trained.resumedFrom ?? null,
          stoppedEarly: trained.stoppedEarly ?? false,
        }
      : null,
  };
}
