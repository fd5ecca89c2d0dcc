import { datasetRepository } from '@outsider/database';
import { isDigest, NotFoundError } from '@outsider/domain';
import { imageTypeOf } from '../../../data/image-type.ts';
import { findSession } from '../../../data/session.ts';
import { artifacts, database } from '../../../data/store.ts';

/** A photo of a snapshot, by the digest of its content. Nothing else in the artifact store can be had here. */
export async function GET(_: Request, { params }: { params: Promise<{ digest: string }> }): Promise<Response> {
  if (!(await findSession())) return new Response('signed out', { status: 401 });
  const { digest } = await params;
  if (!isDigest(digest) || !(await datasetRepository(database()).holdsPhoto(digest)))
    return new Response('no such photo', { status: 404 });
  const bytes = await (await artifacts()).getBytes(digest).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
  if (!bytes) return new Response('no such photo', { status: 404 });
  const type = imageTypeOf(bytes);
  if (!type) return new Response('browsers cannot show this kind of image', { status: 415 });
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': type,
      // The digest names the content, so it never changes; private, because it was shown to one person.
      'cache-control': 'private, max-age=31536000, immutable',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
    },
  });
}
