/**
 * What a database error means for the work that met it:
 * - `retry`: the transaction may be run again at once (deadlock, serialization).
 * - `unavailable`: the database is away or does not answer; whether it committed is unknown.
 * - `full`: it has no room to write.
 * - `rejected`: it refuses what it is told to do: a constraint, or something that is not there.
 * - `unstorable`: it refuses this very data, and would again.
 */
export type DatabaseErrorKind = 'retry' | 'unavailable' | 'full' | 'rejected' | 'unstorable';

/** Classifies by SQLSTATE (Postgres manual, appendix A); without one, the connection was lost. */
export function classifyDatabaseError(error: unknown): DatabaseErrorKind {
  const code = sqlStateOf(error);
  if (code === null) return 'unavailable';
  if (code === '40001' || code === '40P01') return 'retry';
  if (code === '53100' || code === '58030') return 'full';
  // 22 data exception, 54 program limit.
  if (/^(22|54)/.test(code)) return 'unstorable';
  // 23 integrity constraint, 42 no such thing.
  return /^(23|42)/.test(code) ? 'rejected' : 'unavailable';
}

function sqlStateOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}
