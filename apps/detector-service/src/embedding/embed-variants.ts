import { encodeNpy, type ArtifactStore } from '@outsider/artifacts';
import type { BackboneVersion, SnapshotItem } from '@outsider/database';
import type { Digest, Layer } from '@outsider/domain';
import { distortedVariants, distortVariant, drawnVariants, drawVariant } from '@outsider/images';
import { embedItems, type EmbeddingClient, type Photo } from './embed-items.ts';

/** Pictures that cost no data: what each is a variant of, and its activations by layer. */
export interface EmbeddedVariants {
  /** Row i is of this variant, such as `blur`. */
  readonly variants: readonly string[];
  /** `.npy`, float32, [variants, dimension]. */
  readonly activationSets: readonly { readonly layer: Layer; readonly artifact: Digest }[];
}

/** Held-out photos that are distorted in every way; the same number of pictures is drawn of each kind that is drawn. */
const photosPerVariant = 16;

/**
 * Embeds distorted held-out photos of what the backbone knows (blur, dark, strong JPEG…), which should stay what they
 * are, and drawn pictures (blank, noise), which should be novel.
 *
 * They are made on the fly and not kept: only their activations are.
 */
export async function embedVariants(
  { client, artifacts }: { readonly client: Pick<EmbeddingClient, 'embedStream'>; readonly artifacts: ArtifactStore },
  version: BackboneVersion,
  items: readonly SnapshotItem[],
  signal: AbortSignal,
): Promise<EmbeddedVariants> {
  const sources = spread(
    items.filter(({ split, label }) => split === 'test' && label !== null),
    photosPerVariant,
  );
  const planned = [
    ...distortedVariants.flatMap((variant) =>
      sources.map(({ contentDigest, path }) => ({
        variant,
        name: `${variant} of ${path}`,
        make: async () => distortVariant(variant, await artifacts.getBytes(contentDigest)),
      })),
    ),
    ...drawnVariants.flatMap((variant) =>
      Array.from({ length: photosPerVariant }, (_, seed) => ({
        variant,
        name: `${variant} ${seed}`,
        make: () => drawVariant(variant, seed),
      })),
    ),
  ];
  const data = version.layers.map(({ layer, dimension }) => ({
    layer,
    dimension,
    values: new Float32Array(planned.length * dimension),
  }));
  const photos: Photo[] = planned.map(({ name }, position) => ({
    position,
    contentDigest: String(position),
    path: name,
  }));
  const settings = {
    client,
    source: {
      backboneVersion: version.digest,
      preprocessingDigest: version.preprocessingDigest,
      layers: version.layers,
    },
    layers: version.layers.map(({ layer }) => layer),
    readPhoto: (position: string) => planned[Number(position)].make(),
    signal,
  };
  for await (const { photo, activations } of embedItems(photos, settings)) {
    for (const { layer, dimension, values } of data) {
      const row = activations[layer];
      if (row) values.set(row, photo.position * dimension);
    }
  }
  const activationSets = [];
  for (const { layer, dimension, values } of data) {
    const { digest } = await artifacts.putBytes(encodeNpy({ shape: [planned.length, dimension], data: values }));
    activationSets.push({ layer, artifact: digest });
  }
  return { variants: planned.map(({ variant }) => variant), activationSets };
}

/** At most `count` of the items, evenly spread, so that every class has its share. */
function spread<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return Array.from({ length: Math.min(count, items.length) }, (_, i) => items[Math.floor(i * step)]);
}
