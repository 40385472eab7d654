/**
 * Whether a database error says that the database could not be reached or could not do it now, so
 * that trying again is right. Prisma and the driver report these in five shapes; all are told here.
 */

/** Prisma's own codes: unreachable, timed out, closed, pool or transaction timeout, too many connections. */
const PRISMA_CODES = /^(P10\d\d|P2024|P2028|P2034|P2037)$/;
/** Classes 08 connection, 40 rollback, 53 resources, 57 operator intervention, 58 system; and lock timeout. */
const SQL_STATES = /^(08|40|53|57|58)[0-9A-Z]{3}$|^55P03$/;
const SYSTEM_CODES =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT)$/;
/** The driver gives these no code. */
const DRIVER_MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout)/;

interface ErrorLike {
  name?: unknown;
  code?: unknown;
  message?: unknown;
  cause?: unknown;
  originalCode?: unknown;
  meta?: { driverAdapterError?: unknown };
}

export function isDatabaseUnavailable(error: unknown): boolean {
  return chain(error).some(
    (e) =>
      e.name === 'PrismaClientInitializationError' ||
      matches(PRISMA_CODES, e.code) ||
      matches(SYSTEM_CODES, e.code) ||
      matches(DRIVER_MESSAGES, e.message) ||
      matches(SQL_STATES, e.originalCode) ||
      (typeof e.code === 'string' && e.code.length === 5 && SQL_STATES.test(e.code)),
  );
}

/** The SQLSTATE of an error, wherever Prisma or the driver has put it. */
export function sqlStateOf(error: unknown): string | null {
  for (const e of chain(error)) {
    if (typeof e.originalCode === 'string') return e.originalCode;
  }
  return null;
}

/** The error, what the driver adapter said below it, and their causes; five steps at most. */
function chain(error: unknown): ErrorLike[] {
  const found: ErrorLike[] = [];
  let next = error;
  while (typeof next === 'object' && next !== null && found.length < 5) {
    const e = next as ErrorLike;
    found.push(e);
    next = e.meta?.driverAdapterError ?? e.cause;
  }
  return found;
}

function matches(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value);
}
