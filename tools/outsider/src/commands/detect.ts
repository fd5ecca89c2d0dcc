import { readFile, stat } from 'node:fs/promises';
import { Verdict, type Detection, type DetectStreamRequest } from '@outsider/contracts';
import type { Clients } from '../connect.ts';

const verdictWords: Readonly<Record<number, string>> = {
  [Verdict.VERDICT_IN_DISTRIBUTION]: 'in-distribution',
  [Verdict.VERDICT_NOVEL]: 'novel',
  [Verdict.VERDICT_ABSTAIN]: 'abstain',
};

/** One line of output: a verdict, or why there is none. */
export type DetectLine =
  | { readonly file: string; readonly error: string }
  | {
      readonly file: string;
      readonly class: string;
      readonly score: number;
      readonly pValue: number;
      readonly threshold: number;
      readonly verdict: string;
    };

const maxFileBytes = 32 * 1024 * 1024;

/** Verdicts on files, in their order. A file that cannot be judged gives a line that says why. */
export async function* detectFiles(
  { detector }: Pick<Clients, 'detector'>,
  files: readonly string[],
  detectorId: string,
): AsyncGenerator<DetectLine> {
  const done = new Map<number, DetectLine>();
  let next = 0;
  const unreadable = new Map<number, string>();

  async function* requests(): AsyncGenerator<DetectStreamRequest> {
    for (const [index, file] of files.entries()) {
      const content = await readPhoto(file);
      if (typeof content === 'string') {
        unreadable.set(index, content);
        continue;
      }
      yield { id: String(index), request: { input: { $case: 'image', value: content }, detectorId, nearest: 0 } };
    }
  }

  function* inOrder(): Generator<DetectLine> {
    for (;;) {
      const error = unreadable.get(next);
      const line = error === undefined ? done.get(next) : { file: files[next], error };
      if (!line) return;
      done.delete(next);
      next++;
      yield line;
    }
  }

  for await (const { id, result } of detector.detectStream(requests())) {
    const file = files[Number(id)];
    if (result?.$case === 'detection') done.set(Number(id), toLine(file, result.value));
    else done.set(Number(id), { file, error: result?.value.message ?? 'no answer' });
    yield* inOrder();
  }
  yield* inOrder();
}

export function formatLine(line: DetectLine): string {
  if ('error' in line) return [line.file, '', '', '', '', `error: ${line.error}`].join('\t');
  const { file, score, pValue, threshold, verdict } = line;
  return [file, line.class, score.toPrecision(5), pValue.toPrecision(3), threshold.toPrecision(5), verdict].join('\t');
}

function toLine(file: string, detection: Detection): DetectLine {
  const { predictedClass, score, pValue, threshold, verdict } = detection;
  return { file, class: predictedClass, score, pValue, threshold, verdict: verdictWords[verdict] ?? 'unknown' };
}

/** The bytes of a file, or a sentence that says why there are none. */
async function readPhoto(file: string): Promise<Buffer | string> {
  try {
    const { size } = await stat(file);
    if (size > maxFileBytes) return `${size} bytes: expected at most ${maxFileBytes}`;
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'no such file' : `cannot be read (${code ?? String(error)})`;
  }
}
