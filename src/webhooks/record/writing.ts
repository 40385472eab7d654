import { type Sql } from '../../database/transaction.js';
import { type MessageEvent } from '../../notifications/message.js';
import { type LedgerChanges } from '../../payments/ledger.js';
import { refRow } from './loading.js';
import { rowOfChange, rowOfPayment } from './payment-rows.js';
import {
  DELETE_REFS,
  INSERT_CHANGES,
  MOVE_REFS,
  MOVE_STATEMENTS,
  run,
  send,
  UPDATE_IDENTITIES,
  UPDATE_PAYMENTS,
} from './sql.js';
import { rowOfStatement } from './statement-rows.js';
import { tell } from './telling.js';

export interface WriteContext {
  readonly now: Date;
  /** UUID v7, increasing. */
  readonly newId: () => string;
  /** Versions and history are written, nobody is told. */
  readonly silent: boolean;
  /**
   * What is told of the events of this transaction, by the id of the WebhookEvent; null where there is
   * no endpoint to be told.
   */
  readonly telling: ReadonlyMap<string, MessageEvent> | null;
}

/**
 * Writes what a ledger says changed; the caller holds the locks of the payments concerned. What is
 * sent last travels with the commit.
 */
export async function write(
  sql: Sql,
  changes: LedgerChanges,
  context: WriteContext,
): Promise<void> {
  const folded = changes.payments.filter((p) => p.projection !== null);
  const changed = folded.filter((p) => !p.isNew);
  const identities = changes.payments.filter((p) => p.projection === null);
  send(
    sql,
    INSERT_CHANGES,
    folded.filter((p) => p.isNew).map(rowOfPayment),
    changes.insertedStatements.map(({ statement, paymentId }) =>
      rowOfStatement(statement, paymentId),
    ),
    changes.history.map((change) => rowOfChange(change, context.now, context.silent)),
  );
  if (changed.length > 0) send(sql, UPDATE_PAYMENTS, changed.map(rowOfPayment));
  if (identities.length > 0) send(sql, UPDATE_IDENTITIES, identities.map(rowOfPayment));
  if (changes.movedRefs.length > 0) {
    const rows = changes.movedRefs.map(({ ref, paymentId }) => refRow(ref, paymentId));
    const moved = await run(sql, MOVE_REFS, rows);
    // A statement whose ref is not stored would never be found again: rather nothing is committed.
    if (moved.length !== rows.length) throw new Error('a ref to be moved is not stored');
  }
  if (changes.removedRefs.length > 0) {
    send(
      sql,
      DELETE_REFS,
      changes.removedRefs.map((ref) => refRow(ref, null)),
    );
  }
  if (changes.movedStatements.length > 0) {
    const rows = changes.movedStatements.map(({ statement, paymentId }) => ({
      webhook_event_id: statement.webhookEventId,
      ordinal: statement.ordinal,
      payment_id: paymentId,
    }));
    send(sql, MOVE_STATEMENTS, rows);
  }
  if (context.telling !== null) tell(sql, changes.told, context.telling, context);
}
