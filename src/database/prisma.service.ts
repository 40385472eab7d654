import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/prisma/client.js';

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
}

/** Something that runs SQL: a connection inside a transaction. */
export type Sql = Pick<pg.PoolClient, 'query'>;

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
      connectionTimeoutMillis: 1_000,
      query_timeout: 4_500,
      statement_timeout: 4_000,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
    });
    // Without a listener, the loss of an idle connection would end the process.
    pool.on('error', () => undefined);
    super({ adapter: new PrismaPg(pool, { disposeExternalPool: false }), errorFormat: 'minimal' });
    this.pool = pool;
  }

  /** Runs `work` in one READ COMMITTED transaction; commits when it resolves, else rolls back. */
  async commitTogether<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const connection = await this.pool.connect();
    let failed: Error | undefined;
    try {
      await connection.query('BEGIN');
      const result = await work(connection);
      await connection.query('COMMIT');
      return result;
    } catch (error) {
      failed = error as Error;
      // A connection that cannot roll back is closed rather than given back.
      await connection.query('ROLLBACK').then(
        () => (failed = undefined),
        () => undefined,
      );
      throw error;
    } finally {
      connection.release(failed);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.$disconnect();
    await this.pool.end();
  }
}
