/** The layers whose activations a backbone version emits. The pooling is part of the name. */
export type Layer = 'relevant_layer' | 'pooled' | 'logits';

export const layers: readonly Layer[] = ['relevant_layer', 'pooled', 'logits'];

export function isLayer(value: string): value is Layer {
  return (layers as readonly string[]).includes(value);
}
