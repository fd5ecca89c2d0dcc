/** Teal and orange come last: elsewhere they mean relevant and irrelevant. */
const order = [3, 4, 5, 7, 6, 8, 2, 1];

/** Colour of the i-th of several curves that are compared; they repeat after eight. */
export function comparedColour(index: number): string {
  return `var(--series-${order[index % order.length]})`;
}

/** Beyond eight, a dash tells two curves of one colour apart. */
export function comparedDash(index: number): string | undefined {
  return index >= order.length ? '4 3' : undefined;
}
