import type { Database, Transaction } from './create-database.ts';
import { toDomainError } from './to-domain-error.ts';

/** Runs `work` in the transaction at hand, or in a new one that commits when it returns and rolls back when it throws. */
export async function inTransaction<T>(db: Database | Transaction, work: (tx: Transaction) => Promise<T>): Promise<T> {
  if (!('$transaction' in db)) return work(db);
  try {
    return await db.$transaction(work);
  } catch (error) {
    throw toDomainError(error);
  }
}
