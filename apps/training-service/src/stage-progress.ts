import { stages, type Stage } from '@outsider/domain';

/** Share of a run's time by the end of each stage, roughly, as seen with ResNet50 on two cores. */
const doneAfter: Readonly<Record<Stage, number>> = {
  prepare: 0.05,
  features: 0.4,
  train: 0.5,
  export: 0.52,
  verify: 0.55,
  register: 0.56,
  embed: 0.9,
  fit: 0.97,
  calibrate: 0.99,
  promote: 1,
};

/** Of the whole job, 0 to 1, when `fraction` of a stage is done. */
export function jobFraction(stage: Stage, fraction = 0): number {
  const index = stages.indexOf(stage);
  const before = index <= 0 ? 0 : doneAfter[stages[index - 1]];
  return before + Math.min(1, Math.max(0, fraction)) * (doneAfter[stage] - before);
}
