/** A command that does again what was recorded: the database, the service's own code, the run. */
import { type Settings } from '../../config/settings.js';
import { openDatabaseInUse } from '../../database/database-in-use.js';
import { pendingMigrations } from '../../database/migrations.js';
import { OutboxSignal } from '../../notifications/outbox-signal.js';
import { PrismaService } from '../../database/prisma.service.js';
import { checkServer } from '../../database/server-check.js';
import { Metrics } from '../../metrics/metrics.js';
import { ReplayService } from '../../events/replay/replay.service.js';
import { ReapplyService } from '../../webhooks/reapply.service.js';
import { Sources } from '../../webhooks/sources.js';
import { type ReapplyCommand } from './options.js';
import { writerTo } from './output.js';
import { createProgress } from './progress.js';
import { runToEnd, type Work } from './run.js';
import { stopOnSignal } from './stop.js';

/** One for the work, one to count beside it. */
const CONNECTIONS = 2;
/** Milliseconds: nobody waits for an answer, so a busy machine is no reason to give up. */
const CONNECTION_TIMEOUT = 10_000;

/**
 * Runs it on the database in use.
 *
 * @param noun what it goes through, e.g. `events`
 * @param begin prepares the work, on a database with the tables of this version
 * @returns the exit code
 */
export async function reapply(
  command: ReapplyCommand,
  settings: Settings,
  noun: string,
  begin: (replays: ReplayService, prisma: PrismaService) => Work | Promise<Work>,
): Promise<number> {
  const err = (text: string): void => void process.stderr.write(text);
  const elapsed = () => performance.now();
  const progress = createProgress(noun, process.stderr.isTTY, err, elapsed);
  const stop = stopOnSignal(() => {
    progress.clear();
    err('Stopping after the batch in hand.\n');
  });
  const database = await openDatabaseInUse(settings);
  try {
    // Whether it is safe enough was decided when the service started.
    const problems = await checkServer(database.url, { allowUnsafe: true });
    if (problems.length > 0) throw new Error(problems.join('\n'));
    const prisma = new PrismaService({
      url: database.url,
      poolSize: CONNECTIONS,
      connectionTimeout: CONNECTION_TIMEOUT,
    });
    try {
      await demandCurrentTables(prisma);
      const sources = new Sources(settings);
      const replays = new ReplayService(
        prisma,
        new ReapplyService(prisma, sources, new OutboxSignal(), new Metrics(prisma)),
      );
      const work = await begin(replays, prisma);
      return await runToEnd(work, command, { out: writerTo(process.stdout), err, progress, stop });
    } finally {
      await prisma.onApplicationShutdown();
    }
  } finally {
    await database.close();
  }
}

async function demandCurrentTables(prisma: PrismaService): Promise<void> {
  const missing = await pendingMigrations(
    async (sql) => (await prisma.pool.query<object>(sql)).rows,
  );
  if (missing.length === 0) return;
  throw new Error(
    `The database lacks ${missing.length === 1 ? 'the migration' : 'migrations, the first of them'} ` +
      `${missing[0]}. Start the service of this version first, which applies them: npm start`,
  );
}
