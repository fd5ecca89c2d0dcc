import type { Head, Weights } from '@outsider/finetuning';

/** What a recipe makes of a backbone. */
export interface TrainedBackbone {
  /** All of the backbone's, trained or not. */
  readonly weights: Weights;
  readonly head: Head;
  readonly figures: TrainingFigures;
}

/** How the training went. */
export interface TrainingFigures {
  readonly bestEpoch: number;
  readonly epochsRun: number;
  readonly stoppedEarly: boolean;
  /** The epoch after which an interrupted training went on; null when it was not interrupted. */
  readonly resumedFrom: number | null;
  /** Of all epochs together, by this process. */
  readonly seconds: number;
  /** Over all steps of this process; null when all were done by an earlier one. */
  readonly imagesPerSecond: number | null;
  /** On the validation photos, of the epoch that was kept. */
  readonly validationLoss: number;
}
