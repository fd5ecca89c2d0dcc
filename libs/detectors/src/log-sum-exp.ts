/**
 * log Σ exp(values[from + j] / temperature) over `count` values, without overflow.
 *
 * @param count ≥ 1
 */
export function logSumExp(values: ArrayLike<number>, from: number, count: number, temperature = 1): number {
  const largest = values[from + indexOfLargest(values, from, count)];
  let sum = 0;
  for (let j = 0; j < count; j++) sum += Math.exp((values[from + j] - largest) / temperature);
  return largest / temperature + Math.log(sum);
}

/** The index, counted from `from`, of the first largest of `count` values. */
export function indexOfLargest(values: ArrayLike<number>, from: number, count: number): number {
  let largest = 0;
  for (let j = 1; j < count; j++) if (values[from + j] > values[from + largest]) largest = j;
  return largest;
}
