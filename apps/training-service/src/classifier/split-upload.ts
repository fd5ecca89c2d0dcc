import { InvalidArgumentError } from '@outsider/domain';

/** One message of an upload: first a header, then pieces of a file. */
export interface UploadMessage<Header> {
  readonly part?:
    | { readonly $case: 'header'; readonly value: Header }
    | { readonly $case: 'chunk'; readonly value: Uint8Array }
    | undefined;
}

/** @throws {InvalidArgumentError} when the first message is no header, and from the chunks when another one is */
export async function splitUpload<Header>(
  requests: AsyncIterable<UploadMessage<Header>>,
): Promise<{ readonly header: Header; readonly chunks: AsyncIterable<Uint8Array> }> {
  const iterator = requests[Symbol.asyncIterator]();
  const { done, value } = await iterator.next();
  if (done || value.part?.$case !== 'header') {
    throw new InvalidArgumentError('the first message of an upload is its header; it was missing');
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const { part } of { [Symbol.asyncIterator]: () => iterator }) {
      if (part?.$case !== 'chunk') throw new InvalidArgumentError('every message after the header carries a chunk');
      yield part.value;
    }
  }
  return { header: value.part.value, chunks: chunks() };
}
