import type { Layer } from '@outsider/domain';
import type { OptionRule } from './parse-options.ts';

/** The layers that methods on features may read: the relevant layer by default, the pooled output as second choice. */
export type FeatureLayer = Exclude<Layer, 'logits'>;

export const featureLayers: readonly FeatureLayer[] = ['relevant_layer', 'pooled'];

export const featureLayerRule: OptionRule = { kind: 'choice', of: featureLayers };

/** The layer that the output layer reads, and the only one of methods that apply its weights. */
export type HeadLayer = 'relevant_layer';

/** Another layer may be as wide, so width alone would not tell. */
export const headLayerRule: OptionRule = { kind: 'choice', of: ['relevant_layer'] };
