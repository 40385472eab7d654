/** `npm run replay`: reads stored events again with today's code and options. */
import 'reflect-metadata';
import { loadSettings } from '../config/load-settings.js';
import { type Settings } from '../config/settings.js';
import { type PrismaService } from '../database/prisma.service.js';
import { type ReapplyStep, type ReplayService } from '../events/replay/replay.service.js';
import { runCommand } from './command-line.js';
import { parseReplay, REPLAY_HELP, type ReplayCommand } from './reapply/replay-options.js';
import { reapply } from './reapply/reapply.js';
import { sourcesInUse } from './reapply/sources-in-use.js';

async function replay(): Promise<number> {
  const command = await parseReplay(process.argv.slice(2));
  if (command === 'help') {
    process.stdout.write(REPLAY_HELP);
    return 0;
  }
  const { event, filter, after } = command;
  const settings = await loadSettings();
  return reapply(command, settings, 'events', async (replays, prisma) => {
    if (event !== null) {
      warnOfForeignSources(settings, [await sourceOf(prisma, event)]);
      return { steps: replayOne(replays, event, command), count: () => Promise.resolve(1) };
    }
    warnOfForeignSources(settings, filter.source ?? (await sourcesInUse(prisma)));
    return {
      steps: replays.replay(filter, command),
      count: () => replays.countEvents(filter, after),
    };
  });
}

async function sourceOf(prisma: PrismaService, id: string): Promise<string> {
  const event = await prisma.webhookEvent.findUnique({ where: { id }, select: { source: true } });
  if (event !== null) return event.source;
  throw new Error(`No event has the id ${id}. Take the id from GET /api/events.`);
}

async function* replayOne(
  replays: ReplayService,
  id: string,
  command: ReplayCommand,
): AsyncGenerator<ReapplyStep> {
  yield { ...(await replays.replayBatch([id], command)), last: id };
}

/** A command may run in another environment than the service; what it cannot read it leaves alone. */
function warnOfForeignSources(settings: Settings, names: readonly string[]): void {
  const configured = new Set(settings.sources.map(({ name }) => name));
  const foreign = names.filter((name) => !configured.has(name));
  if (foreign.length === 0) return;
  process.stderr.write(
    `Not configured here: ${foreign.join(', ')}. Events of such a source stay as they are; to have ` +
      `them read again, run this with the environment of the service.\n`,
  );
}

await runCommand('replay', replay);
