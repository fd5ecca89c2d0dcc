import 'server-only';
import { openArtifactStore, type ArtifactStore } from '@outsider/artifacts';
import { createDatabase, type Database } from '@outsider/database';
import { readConfig } from '../config.ts';

// On the global object, because Next loads this module once per bundle.
const holder = globalThis as { outsiderDatabase?: Database; outsiderArtifacts?: Promise<ArtifactStore> | undefined };

/** The one pool of this process; made on first use, so that a build needs no database. */
export function database(): Database {
  return (holder.outsiderDatabase ??= createDatabase(readConfig().databaseUrl));
}

/** The one store of photos, activations and scores. */
export async function artifacts(): Promise<ArtifactStore> {
  holder.outsiderArtifacts ??= openArtifactStore(readConfig().artifactsDir).catch((error: unknown) => {
    holder.outsiderArtifacts = undefined;
    throw error;
  });
  return holder.outsiderArtifacts;
}
