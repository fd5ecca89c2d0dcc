import { InvalidArgumentError, TooFewSamplesError } from '@outsider/domain';

/**
 * The fold that each sample is tested in, every class spread evenly, without shuffling: assignment for assignment
 * what scikit-learn's `StratifiedKFold(folds)` does.
 *
 * Classes are taken in the order of their first sample. Dealt like cards, sorted by class, the samples say how many of
 * each class a fold gets; those are then handed out in the order of the samples.
 *
 * @param labels shape [n]
 * @returns fold of each sample, 0 … folds − 1, shape [n]
 * @throws {InvalidArgumentError} when folds is not a whole number from 2
 * @throws {TooFewSamplesError} when no class has as many samples as there are folds
 */
export function stratifiedFolds(labels: ArrayLike<number>, folds: number): Int32Array {
  if (!Number.isInteger(folds) || folds < 2)
    throw new InvalidArgumentError(`folds: expected a whole number from 2, got ${folds}`);
  const counts = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) counts.set(labels[i], (counts.get(labels[i]) ?? 0) + 1);
  const largest = Math.max(0, ...counts.values());
  if (largest < folds) throw new TooFewSamplesError(`${folds} folds, in the largest class`, folds, largest);

  const assigned = new Int32Array(labels.length);
  let dealt = 0;
  for (const [label, count] of counts) {
    const shares = new Int32Array(folds);
    for (let i = dealt; i < dealt + count; i++) shares[i % folds]++;
    dealt += count;
    let fold = 0;
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] !== label) continue;
      while (shares[fold] === 0) fold++;
      shares[fold]--;
      assigned[i] = fold;
    }
  }
  return assigned;
}
