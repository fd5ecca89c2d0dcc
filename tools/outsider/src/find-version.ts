import type { BackboneVersion } from '@outsider/contracts';
import { InvalidArgumentError, NotFoundError } from '@outsider/domain';
import type { Clients } from './connect.ts';
import { everyPage } from './every-page.ts';

/** How a person names a backbone version. */
export type VersionName =
  | { readonly kind: 'production' }
  | { readonly kind: 'number'; readonly backbone: string; readonly number: number }
  /** 8 to 64 hex digits. */
  | { readonly kind: 'digest'; readonly start: string };

/** @throws {InvalidArgumentError} when it is none of the three */
export function parseVersionName(text: string): VersionName {
  if (text === 'production') return { kind: 'production' };
  const [, backbone, number] = /^([a-z0-9][a-z0-9-]*)@([1-9]\d{0,8})$/.exec(text) ?? [];
  if (backbone) return { kind: 'number', backbone, number: Number(number) };
  if (/^[0-9a-f]{8,64}$/.test(text)) return { kind: 'digest', start: text };
  throw new InvalidArgumentError(
    `expected "production", a backbone and a number such as boats@3, or a digest's first 8 digits or more, got "${text.slice(0, 80)}"`,
  );
}

/**
 * @throws {NotFoundError} without such a version
 * @throws {InvalidArgumentError} when the digests of several versions begin so
 */
export async function findVersion(
  { backbones, deployments }: Pick<Clients, 'backbones' | 'deployments'>,
  text: string,
): Promise<BackboneVersion> {
  const name = parseVersionName(text);
  switch (name.kind) {
    case 'production': {
      const { deployment } = await deployments.getDeployment({ backbone: '', alias: '' });
      return get(deployment?.bundle?.backboneVersion ?? '');
    }
    case 'number':
      for await (const version of versionsOf(backbones, name.backbone)) {
        if (version.number === name.number) return version;
      }
      throw new NotFoundError('backbone version', text);
    case 'digest':
      if (name.start.length === 64) return get(name.start);
      return onlyOne(name.start, await Array.fromAsync(versionsOf(backbones, '')));
  }

  async function get(digest: string): Promise<BackboneVersion> {
    const { version } = await backbones.getBackboneVersion({ digest });
    if (!version) throw new NotFoundError('backbone version', text);
    return version;
  }
}

/** The version whose digest begins so. */
export function onlyOne<Version extends Pick<BackboneVersion, 'digest' | 'backbone' | 'number'>>(
  start: string,
  versions: readonly Version[],
): Version {
  const [found, ...others] = versions.filter(({ digest }) => digest.startsWith(start));
  if (!found) throw new NotFoundError('backbone version', start);
  if (others.length === 0) return found;
  const names = [found, ...others].map(({ backbone, number }) => `${backbone}@${number}`);
  throw new InvalidArgumentError(`the digests of several versions begin with ${start}: ${names.join(', ')}`);
}

async function* versionsOf(backbones: Clients['backbones'], backbone: string): AsyncGenerator<BackboneVersion> {
  for await (const { versions } of everyPage((position) => backbones.listBackboneVersions({ backbone, ...position })))
    yield* versions;
}
