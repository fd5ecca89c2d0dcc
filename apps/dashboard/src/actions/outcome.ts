import { DomainError } from '@outsider/domain';
import { unstable_rethrow } from 'next/navigation';
import { toSentence } from '../views/to-sentence.ts';

/** What an action answers: a value, or one sentence for the person. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly sentence: string; readonly details?: Readonly<Record<string, string>> };

/** Runs an action's work. What was written for the caller is shown; a defect is logged and named as one. */
export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    unstable_rethrow(error);
    if (error instanceof DomainError) return { ok: false, sentence: toSentence(error.message), details: error.details };
    console.error(error);
    return { ok: false, sentence: 'Something went wrong on our side; the server’s log says what.' };
  }
}
