import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { classifyDatabaseError } from './database-errors.js';
import { type Sql, Transaction } from './transaction.js';
import { PrismaClient } from '../generated/prisma/client.js';

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  /** Milliseconds to wait for a connection. By default a second: whoever sends is to be answered. */
  readonly connectionTimeout?: number;
}

const MAX_TRIES = 5;

/**
 * The one door to Postgres. Reads use the Prisma client; recording runs its SQL in `commitTogether()`, on
 * a connection of the same pool (docs/decisions/0003-recording-by-sql.md).
 */
@Injectable()
export class PrismaService extends PrismaClient implements OnApplicationShutdown {
  readonly pool: pg.Pool;

  constructor(options: DatabaseOptions) {
    const pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolSize,
      application_name: 'payment-webhooks',
      // A database that is away is known within a second, one that stops answering within five.
      connectionTimeoutMillis: options.connectionTimeout ?? 1_000,
      query_timeout: 4_500,
      statement_timeout: 4_000,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
      // A transaction then takes as many journeys as it has decisions to make, not one per statement.
      pipeline: true,
    });
    // Without a listener, the loss of an idle connection would end the process.
    pool.on('error', () => undefined);
    // The same for one in use, whose query fails by itself: the pool does not listen to it meanwhile.
    pool.on('connect', (client) => client.on('error', () => undefined));
    super({ adapter: new PrismaPg(pool, { disposeExternalPool: false }), errorFormat: 'minimal' });
    this.pool = pool;
  }

  /**
   * Runs `work` in one READ COMMITTED transaction; commits when it resolves, else rolls back. A
   * deadlock or a serialization failure is tried again with growing, jittered pauses, so `work` may run
   * more than once.
   *
   * @param read what can be read without a lock and before anything is written; it costs no journey
   */
  commitTogether<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  commitTogether<T, R>(
    work: (sql: Sql, read: R) => Promise<T>,
    read: (sql: Pick<Sql, 'query'>) => Promise<R>,
  ): Promise<T>;
  async commitTogether<T>(
    work: (sql: Sql, read: unknown) => Promise<T>,
    read: (sql: Pick<Sql, 'query'>) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.commitOnce(work, read);
      } catch (error) {
        if (attempt === MAX_TRIES || classifyDatabaseError(error) !== 'retry') throw error;
        await sleep(Math.random() * 10 * 2 ** attempt);
      }
    }
  }

  private async commitOnce<T, R>(
    work: (sql: Sql, read: R) => Promise<T>,
    read: (sql: Pick<Sql, 'query'>) => Promise<R>,
  ): Promise<T> {
    const connection = await this.pool.connect();
    let broken = false;
    try {
      const begun = await Transaction.begin(connection, read);
      const result = await work(begun.transaction, begun.read);
      await begun.transaction.commit();
      return result;
    } catch (error) {
      // A connection that cannot roll back is closed rather than given back.
      await connection.query('ROLLBACK').catch(() => (broken = true));
      throw error;
    } finally {
      connection.release(broken);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.$disconnect();
    await this.pool.end();
  }
}
