import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { PaymentsService } from './payments.service.js';
import { type WebhookDto, STATUSES } from './webhook.dto.js';

/** One transaction for each event, over `pg`. */
@Injectable()
export class PgPaymentsService extends PaymentsService {
  private readonly pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

  async record(event: WebhookDto): Promise<boolean> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const { rowCount } = await client.query({
        name: 'event',
        text: `INSERT INTO payment_events (event_id, type, transaction_id, payload)
               VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
        values: [event.event_id, event.event_type, event.transaction_id, event],
      });
      if (rowCount === 1) {
        await client.query({
          name: 'payment',
          text: `INSERT INTO payments (transaction_id, status, amount, currency, reference, updated_at)
                 VALUES ($1, $2, $3, $4, $5, now())
                 ON CONFLICT (transaction_id) DO UPDATE
                 SET status = excluded.status, amount = excluded.amount,
                     currency = excluded.currency, reference = excluded.reference, updated_at = now()`,
          values: [
            event.transaction_id,
            STATUSES[event.event_type],
            event.amount,
            event.currency,
            event.reference,
          ],
        });
      }
      await client.query('COMMIT');
      return rowCount === 1;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }
}
