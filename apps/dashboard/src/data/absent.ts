import 'server-only';
import { NotFoundError } from '@outsider/domain';

/** The value, or undefined where nothing is stored under that name. Other errors stay errors. */
export async function orAbsent<T>(value: Promise<T>): Promise<T | undefined> {
  try {
    return await value;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
