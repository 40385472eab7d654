/** The outbox: what the user's app is told is written in the transaction that changes the payment. */
import { type Sql } from '../../database/transaction.js';
import { messageBody, type MessageEvent } from '../../notifications/message.js';
import { type Told } from '../../payments/ledger.js';
import { INSERT_NOTIFICATIONS, run, SELECT_LISTENING, send } from './sql.js';

/** Whether anybody is to be told of anything. */
export async function isAnybodyListening(sql: Pick<Sql, 'query'>): Promise<boolean> {
  const [row] = await run<{ listening: boolean }>(sql, SELECT_LISTENING);
  return row!.listening;
}

/**
 * Writes a message for each version and a notification of it for each endpoint that wants it; a
 * version that no endpoint wants leaves nothing.
 * @param events what made the versions, by the id of the WebhookEvent
 */
export function tell(
  sql: Sql,
  told: readonly Told[],
  events: ReadonlyMap<string, MessageEvent>,
  { now, newId }: { readonly now: Date; readonly newId: () => string },
): void {
  if (told.length === 0) return;
  const rows = told.map((one) => {
    const { payment, change, type } = one;
    const event = change.cause === 'event' ? events.get(change.webhookEventId!)! : null;
    return {
      id: newId(),
      payment_id: payment.id,
      version: change.version,
      source: payment.source,
      type,
      body: messageBody(one, event, now),
      created_at: now,
    };
  });
  send(sql, INSERT_NOTIFICATIONS, rows);
}
