import { CorruptDataError } from '@outsider/domain';

/**
 * The literal that a bundled and minified script exports (`….exports={…}` or `….exports="…"`), read as data: the script
 * is never run. Beyond JSON it knows bare keys, numbers without a leading zero, `!0`, `!1` and `void 0`.
 *
 * @param about what the script is called in a message
 * @throws {CorruptDataError} when nothing of the kind is exported, or the literal holds anything but data
 */
export function parseExportedLiteral(script: string, about: string): unknown {
  const start = /\.exports=(?=[{["])/.exec(script);
  if (!start) throw new CorruptDataError(`${about} exports no data`);
  return parseValue({ script, about, position: start.index + start[0].length });
}

interface Cursor {
  readonly script: string;
  readonly about: string;
  position: number;
}

const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['!0', true],
  ['!1', false],
  ['true', true],
  ['false', false],
  ['null', null],
  ['void 0', undefined],
]);

function parseValue(cursor: Cursor): unknown {
  switch (cursor.script[cursor.position]) {
    case '{':
      return Object.fromEntries(
        parseItems(cursor, '}', () => {
          const key = cursor.script[cursor.position] === '"' ? parseString(cursor) : take(cursor, /[\w$]+/y);
          take(cursor, /:/y);
          return [key, parseValue(cursor)] as const;
        }),
      );
    case '[':
      return parseItems(cursor, ']', () => parseValue(cursor));
    case '"':
      return parseString(cursor);
    default:
      return parseWord(cursor);
  }
}

/** From the opening bracket to past the closing one. */
function parseItems<Item>(cursor: Cursor, close: string, parseItem: () => Item): Item[] {
  const items: Item[] = [];
  cursor.position += 1;
  while (cursor.script[cursor.position] !== close) {
    if (items.length > 0) take(cursor, /,/y);
    items.push(parseItem());
  }
  cursor.position += 1;
  return items;
}

function parseString(cursor: Cursor): string {
  const { script, position } = cursor;
  let end = script.indexOf('"', position + 1);
  while (end > 0 && isEscaped(script, end)) end = script.indexOf('"', end + 1);
  if (end < 0) throw unexpected(cursor);
  cursor.position = end + 1;
  try {
    return JSON.parse(script.slice(position, end + 1)) as string;
  } catch {
    cursor.position = position;
    throw unexpected(cursor);
  }
}

function isEscaped(script: string, at: number): boolean {
  let backslashes = 0;
  while (script[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

function parseWord(cursor: Cursor): unknown {
  const word = take(cursor, /!0|!1|void 0|true|false|null|-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy);
  return words.has(word) ? words.get(word) : Number(word);
}

function take(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.position;
  const found = pattern.exec(cursor.script)?.[0];
  if (!found) throw unexpected(cursor);
  cursor.position += found.length;
  return found;
}

function unexpected({ script, about, position }: Cursor): CorruptDataError {
  return new CorruptDataError(
    `${about} exports something else than data: "${script.slice(position, position + 20)}" at character ${position}`,
  );
}
