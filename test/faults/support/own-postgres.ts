/** A Postgres of the test's own, with the settings that the service starts it with, to be broken. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../../src/database/embedded/embedded-postgres.js';
import { findPostmaster } from '../../../src/database/embedded/postmaster.js';
import { hasEnded, signal } from '../../../src/database/embedded/processes.js';
import { applyMigrations } from '../../../src/database/migrations.js';
import { createTestDirectory } from '../../support/database.js';

export class OwnPostgres {
  private constructor(
    private readonly dataDir: string,
    private readonly settings: Readonly<Record<string, string>>,
    /** The same after every start. */
    readonly url: string,
  ) {}

  /** With all tables and no rows. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<OwnPostgres> {
    const dataDir = await realpath(await createTestDirectory());
    const { url } = await startEmbeddedPostgres(dataDir, { settings });
    await applyMigrations(url);
    return new OwnPostgres(dataDir, settings, url);
  }

  /** Ends it as `pg_ctl stop -m immediate` does: without a word to anybody, without a checkpoint. */
  async crash(): Promise<void> {
    const pid = (await this.pid())!;
    signal(pid, 'SIGQUIT');
    if (!(await hasEnded(pid, 10_000))) throw new Error('Postgres does not end at once.');
  }

  /** Resolves when it has recovered. */
  async startAgain(): Promise<void> {
    const { url } = await startEmbeddedPostgres(this.dataDir, { settings: this.settings });
    if (url !== this.url) throw new Error('Postgres came back at another address.');
  }

  async remove(): Promise<void> {
    const pid = await this.pid();
    if (pid === null) return;
    signal(pid, 'SIGQUIT');
    await hasEnded(pid, 10_000);
  }

  private async pid(): Promise<number | null> {
    return (await findPostmaster(path.join(this.dataDir, 'postgres')))?.pid ?? null;
  }
}
