import pacote from 'pacote';
import { fetchPinnedFile, type FetchOptions } from './fetch-pinned-file.ts';

/**
 * The archive of one version of an npm package, as a file: from `overrideDir`, from the cache, or downloaded from the
 * registry that npm is configured with.
 *
 * @param spec `name@version`
 * @param integrity `sha512-<base64>` as the registry states it, pinned by the caller
 * @returns the path of the verified .tgz
 * @throws {CorruptDataError | UnavailableError | CancelledError} as {@link fetchPinnedFile}
 */
export async function fetchArchive(spec: string, integrity: string, options: FetchOptions): Promise<string> {
  const name = spec
    .replace(/^@/, '')
    .replaceAll('/', '-')
    .replace(/@([^@]+)$/, '-$1');
  return fetchPinnedFile(
    {
      file: `${name}.tgz`,
      what: spec,
      integrity,
      origin: 'the registry that npm is configured with',
      maxFailures: 4,
      resolveAddress: (npm, signal) => pacote.resolve(spec, { ...npm, signal }),
    },
    options,
  );
}
