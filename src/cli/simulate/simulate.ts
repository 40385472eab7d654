/** The simulator: from its command line to its exit code. */
import path from 'node:path';
import { type Settings } from '../../config/settings.js';
import { type SampleContext } from '../../providers/provider.js';
import { type Output, UsageError } from '../command-line.js';
import { choosePlay, scenariosOf } from './choose.js';
import { HELP, parseCommand, type PlayCommand } from './options.js';
import { newSeed, planLanes, startOf, uniqueOf } from './plan.js';
import { type Clock, CONCURRENCY, playLanes } from './play.js';
import { createProgress } from './progress.js';
import { createReport, formatReport } from './report.js';
import { createSender } from './send.js';
import { signingKeyOf } from './signing-key.js';

const MAX_DELIVERIES = 1_000_000;

export interface SimulateDependencies {
  /** The server's configuration. */
  loadSettings(): Promise<Settings>;
  readonly output: Output;
  /** Whether somebody watches `output.err`. */
  readonly showsProgress: boolean;
  readonly clock: Clock;
  /** Some characters of [a-z0-9] that no other run has. */
  readonly random: () => string;
}

/**
 * Plays a scenario against a running server.
 *
 * @returns 0 when every answer was as the scenario expects, else 1
 * @throws {UsageError} for a wrong command line, source or scenario
 */
export async function simulate(
  args: readonly string[],
  dependencies: SimulateDependencies,
): Promise<number> {
  const command = parseCommand(args);
  if (command.kind === 'help') {
    dependencies.output.out(HELP);
    return 0;
  }
  const settings = await dependencies.loadSettings();
  if (command.kind === 'list') {
    dependencies.output.out(listOf(settings, command.json));
    return 0;
  }
  return await playCommand(command, settings, dependencies);
}

async function playCommand(
  command: PlayCommand,
  settings: Settings,
  { output, clock, random, showsProgress }: SimulateDependencies,
): Promise<number> {
  const play = choosePlay(settings, command);
  const key = await signingKeyOf(play.source, path.join(settings.dataDir, 'simulator'));
  const seed = command.seed ?? newSeed(clock.now(), random);
  const context = {
    now: startOf(seed, clock.now()),
    options: play.source.options,
    account: play.source.account === 'self' ? null : play.source.account,
    livemode: play.livemode,
  } satisfies Omit<SampleContext, 'unique'>;
  const samplesOf = (run: number) => play.samples({ ...context, unique: uniqueOf(seed, run) });

  const steps = samplesOf(0).length;
  const planned = steps * command.count * command.duplicate;
  if (planned > MAX_DELIVERIES) {
    throw new UsageError(
      `That makes ${planned} deliveries; ${MAX_DELIVERIES} are possible. Lower --count or --duplicate.`,
    );
  }
  const url = `${play.base}/webhooks/${play.source.name}`;
  const lanes = planLanes(command, steps, seed);
  const progress = createProgress(output, clock, planned, showsProgress && !command.json);
  const sender = createSender(url, CONCURRENCY);
  const start = clock.elapsed();
  try {
    const attempts = await playLanes(
      play,
      key,
      lanes,
      samplesOf,
      sender,
      clock,
      command.rate,
      progress.update,
    );
    const plan = { url, seed, payments: command.count, planned };
    const report = createReport(play, plan, attempts, clock.elapsed() - start);
    progress.clear();
    output.out(command.json ? `${JSON.stringify(report)}\n` : formatReport(report));
    return report.ok ? 0 : 1;
  } finally {
    sender.close();
  }
}

function listOf(settings: Settings, json: boolean): string {
  const sources = settings.sources.map((source) => ({
    source: source.name,
    provider: source.provider.name,
    enabled: source.enabled,
    livemode: source.livemode,
    scenarios: scenariosOf(source),
  }));
  if (json) return `${JSON.stringify({ sources })}\n`;
  if (sources.length === 0) return 'No source is configured.\n';
  return sources
    .map(({ source, provider, enabled, livemode, scenarios }) => {
      const notes = [provider, ...(enabled ? [] : ['off']), ...(livemode ? ['live'] : [])];
      return `${source} (${notes.join(', ')})\n  ${scenarios.join('\n  ')}\n`;
    })
    .join('\n');
}
