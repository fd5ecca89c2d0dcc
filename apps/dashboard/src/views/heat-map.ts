/** An image's activations as bytes for drawing: 0 is inactive, 1…255 are shades of active. */
export interface HeatMap {
  readonly rows: number;
  readonly columns: number;
  /** Base64 of rows · columns bytes. */
  readonly pixels: string;
}

/**
 * Bytes for a heat map. A neuron at or below zero is inactive and gets 0; an active one a shade that grows with the
 * square root of its activation, up to `brightest`, so that weak activity can be seen beside strong.
 *
 * @param activations shape [d]
 * @param brightest activation of the last shade, the same for all images that are compared; > 0
 * @param columns 64 for the tutorial's 32 × 64 picture of 2048 neurons; d is padded with inactive cells to whole rows
 */
export function toHeatMap(activations: ArrayLike<number>, brightest: number, columns = 64): HeatMap {
  const rows = Math.ceil(activations.length / columns);
  const pixels = new Uint8Array(rows * columns);
  for (let i = 0; i < activations.length; i++) {
    const share = activations[i]! / brightest;
    if (share > 0) pixels[i] = 1 + Math.round(254 * Math.sqrt(Math.min(1, share)));
  }
  return { rows, columns, pixels: toBase64(pixels) };
}

/** The number of columns that makes `dimension` neurons a picture about twice as wide as high. */
export function columnsFor(dimension: number): number {
  return Math.min(Math.max(1, dimension), 2 ** Math.round(Math.log2(Math.sqrt(dimension * 2))));
}

/** Share of neurons above zero, 0…1: the tutorial's active share. NaN for an empty layer. */
export function activeShare(activations: ArrayLike<number>): number {
  let active = 0;
  for (let i = 0; i < activations.length; i++) if (activations[i]! > 0) active += 1;
  return active / activations.length;
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
