import type { AuditEvent as AuditEventRow } from '../generated/client.ts';
import type { Database, Transaction } from '../client/create-database.ts';
import type { JsonObject } from '../client/json.ts';
import { readPage, toPage, type Page, type PageRequest } from '../client/page.ts';

/** Who changed what. */
export interface AuditEvent {
  readonly id: bigint;
  readonly at: Date;
  /** Name of the token that did it. */
  readonly actor: string;
  /** Verb and noun, such as `promote-bundle`. */
  readonly action: string;
  /** What it was done to, such as `bundle:0192…`. */
  readonly subject: string;
  readonly details: JsonObject;
}

export interface NewAuditEvent {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details?: JsonObject;
}

/** Writes what `actor` did, in the transaction of the change itself. */
export async function recordAudit(
  tx: Transaction,
  { actor, action, subject, details = {} }: NewAuditEvent,
): Promise<void> {
  await tx.auditEvent.create({ data: { actor, action, subject, details } });
}

/** Audit events. They are written by {@link recordAudit} only, and never changed. */
export function auditRepository(db: Database | Transaction) {
  return {
    /** Newest first; with `subject`, only what was done to it. */
    async list(request: PageRequest & { readonly subject?: string } = {}): Promise<Page<AuditEvent>> {
      const position = readPage('audit-events', request);
      const rows = await db.auditEvent.findMany({
        where: request.subject ? { subject: request.subject } : {},
        orderBy: { id: 'desc' },
        take: position.size + 1,
        ...(position.after && { cursor: { id: BigInt(position.after) }, skip: 1 }),
      });
      return toPage('audit-events', position, rows, (row) => row.id, toAuditEvent);
    },
  };
}

function toAuditEvent(row: AuditEventRow): AuditEvent {
  return { ...row, details: row.details as JsonObject };
}
