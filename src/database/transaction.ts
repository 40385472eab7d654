import type { Socket } from 'node:net';
import type pg from 'pg';

/** Something that runs SQL: a connection inside a transaction. */
export interface Sql {
  /** Statements that are asked for without waiting for each other travel together, in their order. */
  query<Row extends pg.QueryResultRow>(
    statement: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>;
  /** Sends a statement without waiting for it. Where it fails, the transaction does not commit. */
  send(statement: string | pg.QueryConfig): void;
  /** Resolves when all that was sent has been done. */
  sent(): Promise<void>;
}

/**
 * Begins a transaction whose statements find their rows by indexes, and keep the plan that they are
 * given first. Left to itself Postgres scans a table that was small when it made the plan, 0.1 ms for
 * each event with every 10,000 payments, until it happens to analyse it; the checks of foreign keys
 * too. Before version 18 a scan that cannot be avoided looks dear enough then to be compiled: no jit.
 */
const BEGIN = `
BEGIN;
SET LOCAL enable_seqscan = off;
SET LOCAL plan_cache_mode = force_generic_plan;
SET LOCAL jit = off`;

/** One READ COMMITTED transaction on a connection that pipelines. */
export class Transaction implements Sql {
  private readonly pending: Promise<unknown>[] = [];

  private constructor(private readonly connection: pg.ClientBase) {}

  /**
   * Begins, and reads meanwhile: `read` travels with BEGIN. It must not write, since where BEGIN fails
   * it would not be undone.
   */
  static async begin<T>(
    connection: pg.ClientBase,
    read: (sql: Pick<Sql, 'query'>) => Promise<T>,
  ): Promise<{ transaction: Transaction; read: T }> {
    const transaction = new Transaction(connection);
    transaction.writeTogether();
    const [, first] = await Promise.all([connection.query(BEGIN), read(transaction)]);
    return { transaction, read: first };
  }

  async query<Row extends pg.QueryResultRow>(
    statement: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>> {
    const before = [...this.pending];
    this.writeTogether();
    try {
      return await this.connection.query<Row>(statement, values);
    } catch (error) {
      // After a failure every statement is refused; the one that failed first says what is wrong.
      await Promise.all(before);
      throw error;
    }
  }

  send(statement: string | pg.QueryConfig): void {
    this.writeTogether();
    const sending = this.connection.query(statement);
    // It is asked about at the end; until then its failure is not one that nobody looks at.
    sending.catch(() => undefined);
    this.pending.push(sending);
  }

  async sent(): Promise<void> {
    await Promise.all(this.pending);
  }

  /** COMMIT travels with what was sent before; of a transaction that failed it is a rollback. */
  async commit(): Promise<void> {
    this.writeTogether();
    const [{ command }] = await Promise.all([this.connection.query('COMMIT'), this.sent()]);
    if (command !== 'COMMIT') throw new Error(`the transaction ended in ${command}`);
  }

  /** Lets what is sent in one turn of the event loop leave by one system call; pg makes one of each. */
  private writeTogether(): void {
    const { stream } = (this.connection as unknown as Connected).connection;
    if (stream.writableCorked > 0) return;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }
}

/** Where pg has its socket; missing in its types. */
interface Connected {
  readonly connection: { readonly stream: Socket };
}
