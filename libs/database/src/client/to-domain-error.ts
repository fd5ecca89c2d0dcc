import {
  AbortedError,
  AlreadyExistsError,
  DomainError,
  FailedPreconditionError,
  InvalidArgumentError,
  ResourceExhaustedError,
  UnavailableError,
} from '@outsider/domain';

/** Facts of a failed query, wherever Prisma, its adapter or node-postgres put them. */
interface Failure {
  readonly prismaCode: string;
  /** SQLSTATE, or an error code of the operating system. */
  readonly code: string;
  readonly message: string;
  readonly table: string;
  readonly fields: readonly string[];
}

const unreachable = new Set(['P1000', 'P1001', 'P1002', 'P1003', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037']);
const unreachableSystem = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;
/** Connection exceptions, too little memory, too many connections, and a server that shuts down, starts or crashed. */
const unreachableState = /^(08|53[23]00|57P0[1-4]|58)/;
const unreachableText =
  /(connection terminated|query read timeout|server closed the connection|timeout exceeded when trying to connect|terminating connection|can't reach database|database system is|ConnectionClosed|DatabaseNotReachable|cannot use a pool after)/i;

/** What went wrong in the store, as the error that callers and transports understand; unknown errors stay as they are. */
export function toDomainError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const { prismaCode, code, message, table, fields } = readFailure(error);
  const options = { cause: error };
  if (
    unreachable.has(prismaCode) ||
    unreachableSystem.test(code) ||
    unreachableState.test(code) ||
    unreachableText.test(message)
  ) {
    return new UnavailableError(
      'the store cannot be reached at the moment; try again',
      { reason: 'STORE_UNREACHABLE' },
      options,
    );
  }
  if (code === '53100')
    return new ResourceExhaustedError('the disk of the store is full', { reason: 'DISK_FULL' }, options);
  if (prismaCode === 'P2002' || code === '23505') {
    const what = [table || 'record', fields.join(' and ')].filter(Boolean).join(' with the same ');
    return new AlreadyExistsError(`there is already a ${what}`, {}, options);
  }
  if (prismaCode === 'P2003' || code === '23503') {
    return new FailedPreconditionError(`${table || 'the record'} refers to something that is not stored`, {}, options);
  }
  if (prismaCode === 'P2034' || code === '40001' || code === '40P01') {
    return new AbortedError('somebody else changed the same record at the same time; try again', {}, options);
  }
  if (code === '23514' || code === '23502' || prismaCode === 'P2004' || code === 'P0001') {
    return new FailedPreconditionError(ruleOf(message), {}, options);
  }
  if (/^22(P02|003|021|P05)$/.test(code) || prismaCode === 'P2023' || prismaCode === 'P2020') {
    return new InvalidArgumentError(`the store cannot read a value: ${message.slice(0, 200)}`, {}, options);
  }
  return error;
}

/** The store's own sentence, without the trimmings of the layers above it. */
function ruleOf(message: string): string {
  const quoted = /message: "([^"]+)"/.exec(message)?.[1] ?? message;
  return quoted.trim().split('\n').at(-1) ?? quoted;
}

function readFailure(error: unknown): Failure {
  const top = asRecord(error);
  const meta = asRecord(top.meta);
  const cause = asRecord(asRecord(meta.driverAdapterError ?? top).cause);
  const constraint = asRecord(cause.constraint);
  // Our unique indexes are named Table_field_field_key.
  const index = /^([A-Za-z]+)_(\w+)_key$/.exec(
    text(constraint.index) || /constraint "(\w+)"/.exec(text(cause.originalMessage))?.[1] || '',
  );
  const fields = Array.isArray(constraint.fields) ? constraint.fields.map(text) : (index?.[2]?.split('_') ?? []);
  return {
    prismaCode: /^P\d{4}$/.test(text(top.code)) && top.code !== 'P0001' ? text(top.code) : '',
    code:
      text(cause.originalCode) ||
      text(cause.code) ||
      text(meta.code) ||
      (/^P2\d{3}$/.test(text(top.code)) ? '' : text(top.code)),
    message:
      [text(cause.originalMessage), text(cause.message), text(cause.kind), text(meta.message), text(top.message)].find(
        Boolean,
      ) ?? '',
    table: text(meta.modelName) || (index?.[1] ?? ''),
    fields: fields.map((field) => field.replaceAll('"', '')),
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
