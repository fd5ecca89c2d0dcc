import { InvalidArgumentError } from '@outsider/domain';

/** Which part of a list is wanted. */
export interface PageRequest {
  /** 0 or absent means 50; at most 1000, more is taken as 1000. */
  readonly pageSize?: number;
  /** As an earlier page gave it; empty or absent for the first page. */
  readonly pageToken?: string;
}

/** A part of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** A page request, read: one row more than `size` is fetched to learn whether another page follows. */
export interface PagePosition {
  readonly size: number;
  /** Key of the last row of the page before; absent for the first page. */
  readonly after: string | undefined;
}

const defaultSize = 50;
const largestSize = 1000;

/**
 * @param list names the list, so that a token of another list is refused
 * @throws {InvalidArgumentError} for a negative size or a token that `list` never gave
 */
export function readPage(list: string, { pageSize = 0, pageToken = '' }: PageRequest): PagePosition {
  if (!Number.isInteger(pageSize) || pageSize < 0) {
    throw new InvalidArgumentError(`page_size: expected 0 to ${largestSize}, got ${pageSize}`);
  }
  return { size: Math.min(pageSize || defaultSize, largestSize), after: readToken(list, pageToken) };
}

/** A page of the `size + 1` or fewer rows that were fetched. */
export function toPage<Row, Item>(
  list: string,
  { size }: PagePosition,
  rows: readonly Row[],
  keyOf: (row: Row) => string | number | bigint,
  toItem: (row: Row) => Item,
): Page<Item> {
  const page = rows.slice(0, size);
  const last = page.at(-1);
  const more = rows.length > size && last !== undefined;
  return { items: page.map(toItem), nextPageToken: more ? writeToken(list, String(keyOf(last))) : '' };
}

function writeToken(list: string, key: string): string {
  return Buffer.from(`${list}/${key}`).toString('base64url');
}

function readToken(list: string, token: string): string | undefined {
  if (token === '') return undefined;
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith(`${list}/`) || writeToken(list, text.slice(list.length + 1)) !== token) {
    throw new InvalidArgumentError(`page_token: expected one that a page of ${list} gave, got "${token.slice(0, 80)}"`);
  }
  return text.slice(list.length + 1);
}
