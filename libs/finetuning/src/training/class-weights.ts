/**
 * What a sample of each class counts for, so that all classes weigh alike and the mean weight is one: n / (classes ·
 * samples of the class).
 *
 * @param labels class indices, every class at least once
 * @returns shape [classes]
 */
export function balancedClassWeights(labels: ArrayLike<number>, classes: number): Float32Array {
  const counts = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  return Float32Array.from(counts, (count) => labels.length / (classes * count));
}
