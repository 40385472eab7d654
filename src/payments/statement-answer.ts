import { type Transaction } from '../generated/prisma/client.js';
import { currentStatements } from './fold.js';
import { type StatementDto } from './statement.dto.js';
import { type PlacedStatement } from './statement.js';

/** A stored row as the statement that it is; a time that was not stated is 0. */
export function placedStatement(row: Transaction): PlacedStatement {
  const { failureCode: code, failureMessage: message } = row;
  return {
    kind: row.kind,
    key: row.key,
    status: row.status,
    amount: row.amount,
    currency: row.currency,
    at: row.occurredAt?.getTime() ?? 0,
    refs: row.refs,
    groups: row.groups,
    final: row.final,
    implied: row.implied,
    release: row.release,
    releaseAmount: row.releaseAmount,
    born: row.born?.getTime() ?? 0,
    of: row.of,
    reference: row.reference,
    failure: code === null && message === null ? null : { code, message },
    eventId: row.eventId,
    ordinal: row.ordinal,
  };
}

/** Rows of any number of payments as answers. All rows of those payments are needed to tell which are current. */
export function statementAnswers(rows: readonly Transaction[]): Map<Transaction, StatementDto> {
  const ofPayment = new Map<string, { row: Transaction; placed: PlacedStatement }[]>();
  for (const row of rows) {
    const known = ofPayment.get(row.paymentId);
    const entry = { row, placed: placedStatement(row) };
    if (known) known.push(entry);
    else ofPayment.set(row.paymentId, [entry]);
  }
  const answers = new Map<Transaction, StatementDto>();
  for (const entries of ofPayment.values()) {
    const current = currentStatements(entries.map(({ placed }) => placed));
    for (const { row, placed } of entries) {
      answers.set(row, {
        kind: row.kind,
        key: row.key,
        status: row.status,
        amount: row.amount,
        currency: row.currency,
        occurredAt: row.occurredAt?.toISOString() ?? null,
        refs: row.refs,
        final: row.final,
        current: current.has(placed),
        eventId: row.eventId,
      });
    }
  }
  return answers;
}
