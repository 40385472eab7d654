/** The Postgres that comes with the service and keeps its data in DATA_DIR. */
import { open, readFile, realpath, rename, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Binaries, loadBinaries } from './binaries.js';
import {
  type ClusterPlan,
  ensureCluster,
  ensurePassword,
  NAME,
  readPassword,
  resetPassword,
} from './cluster.js';
import { nullIfMissing } from '../../files/private-files.js';
import { clusterDir, EmbeddedPostgresError, logFile, openDataDir } from './files.js';
import { chooseLauncher, launch, type Launcher } from './launcher.js';
import { choosePort, LOOPBACK } from './port.js';
import {
  findPostmaster,
  type Postmaster,
  removeStalePidFile,
  stopPostmaster,
} from './postmaster.js';

export interface EmbeddedPostgres {
  /** postgresql://payments:…@127.0.0.1:PORT/payments */
  readonly url: string;
  /** It was left running by a service that was killed. */
  readonly adopted: boolean;
  /**
   * Ends it within so many milliseconds (2000 unless stated). The more it is given, the more likely
   * is a quick next start; the data are safe whatever happens.
   */
  stop(within?: number): Promise<void>;
}

export interface EmbeddedOptions {
  /** Settings of postgresql.conf for this run. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The program that makes user namespaces. */
  readonly unshare?: string;
}

/** Recovery after a crash may take long; a server that says it is starting is waited for. */
const START_DEADLINE = 300_000;
/** A leftover that is neither ready nor starting. */
const ANSWER_DEADLINE = 10_000;
const START_ATTEMPTS = 20;
const STOP = 2_000;
/** For stopping what is to be started again: waiting is quicker than recovery. */
const UNHURRIED = 10_000;
const LOG_LIMIT = 10 * 1024 * 1024;

/**
 * Starts Postgres in DATA_DIR, or adopts the one that a killed service left running there. The
 * caller holds the service lock.
 * @throws EmbeddedPostgresError with the cure when it cannot start
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  options: EmbeddedOptions = {},
): Promise<EmbeddedPostgres> {
  const home = await openDataDir(dataDir);
  const cluster = clusterDir(home);
  const binaries = await loadBinaries();
  const password = await ensurePassword(home);

  const leftover = await findPostmaster(cluster);
  if (leftover !== null) {
    const port = await answeringPort(cluster, password);
    if (port !== null) return running(leftover.pid, cluster, port, password, true);
    await stopPostmaster(leftover.pid, cluster, UNHURRIED);
  }

  const launcher = await chooseLauncher({ binaries, dataDir: home, unshare: options.unshare });
  const durable = options.settings?.fsync !== 'off';
  const plan: ClusterPlan = { dataDir: home, binaries, launcher, password, durable };
  await ensureCluster(plan);
  const started = await start(plan, options.settings ?? {});
  await ensureDatabase(started.port, password);
  return running(started.pid, cluster, started.port, password, false);
}

/**
 * The address of the Postgres that runs in DATA_DIR and answers with our password, or null. Starts
 * and changes nothing.
 */
export async function findRunningPostgres(dataDir: string): Promise<string | null> {
  const home = await realpath(dataDir).catch(nullIfMissing);
  if (home === null) return null;
  const postmaster = await findPostmaster(clusterDir(home));
  const password = await readPassword(home);
  if (postmaster?.port == null || password === null) return null;
  const answer = await ask(postmaster.port, password, NAME);
  return answer === 'yes' ? address(postmaster.port, password) : null;
}

function running(
  pid: number,
  cluster: string,
  port: number,
  password: string,
  adopted: boolean,
): EmbeddedPostgres {
  return {
    url: address(port, password),
    adopted,
    stop: (within = STOP) => stopPostmaster(pid, cluster, within),
  };
}

const address = (port: number, password: string): string =>
  `postgresql://${NAME}:${password}@${LOOPBACK}:${port}/${NAME}`;

/** The port on which a leftover answers with our password; null when it does not. */
async function answeringPort(cluster: string, password: string): Promise<number | null> {
  const patience = performance.now() + ANSWER_DEADLINE;
  const deadline = performance.now() + START_DEADLINE;
  for (;;) {
    const postmaster = await findPostmaster(cluster);
    if (postmaster === null) return null;
    const answer = postmaster.port === null ? 'silent' : await ask(postmaster.port, password, NAME);
    if (answer === 'no database') await ensureDatabase(postmaster.port ?? 0, password);
    if (answer === 'yes' || answer === 'no database') return postmaster.port;
    if (answer === 'wrong password') return null;
    if (performance.now() > (answer === 'not yet' ? deadline : patience)) return null;
    await sleep(20);
  }
}

/** Starts the server on the cluster, and again where that helps. */
async function start(
  plan: ClusterPlan,
  settings: Readonly<Record<string, string>>,
): Promise<Postmaster & { port: number }> {
  const cluster = clusterDir(plan.dataDir);
  let repaired = false;
  for (let attempt = 1; ; attempt++) {
    await removeStalePidFile(cluster);
    const port = await choosePort(plan.dataDir);
    const outcome = await startOnce(plan, port, settings);
    if (outcome.state === 'ready') return { pid: outcome.pid, port };
    if (outcome.state === 'wrong password') {
      await stopPostmaster(outcome.pid, cluster, UNHURRIED);
      if (repaired) throw new EmbeddedPostgresError('Postgres does not take its own password.');
      await resetPassword(plan);
      repaired = true;
      continue;
    }
    // Somebody took the port in the meantime, or the children of a killed server are still ending.
    const passing = /could not bind|shared memory block/.test(outcome.log);
    if (!passing || attempt === START_ATTEMPTS) {
      throw new EmbeddedPostgresError(
        `The embedded Postgres did not start. It wrote to ${logFile(plan.dataDir)}:\n${outcome.log}`,
      );
    }
    await sleep(250);
  }
}

type StartOutcome =
  | { readonly state: 'ready'; readonly pid: number }
  | { readonly state: 'wrong password'; readonly pid: number }
  | { readonly state: 'ended'; readonly log: string };

async function startOnce(
  plan: ClusterPlan,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<StartOutcome> {
  const { binaries, launcher, dataDir, password } = plan;
  const log = await openLog(dataDir);
  const from = (await log.stat()).size;
  const child = spawnServer(binaries, launcher, clusterDir(dataDir), port, settings, log.fd);
  let ended = false;
  child.once('exit', () => (ended = true));
  child.once('error', () => (ended = true));
  await log.close();

  const deadline = performance.now() + START_DEADLINE;
  for (;;) {
    const hasExited = ended;
    const pid = child.pid ?? 0;
    const found = await findPostmaster(clusterDir(dataDir));
    const listens = found?.pid === pid && found.port === port;
    const answer = listens ? await ask(port, password, NAME) : 'silent';
    if (answer === 'yes' || answer === 'no database') return { state: 'ready', pid };
    if (answer === 'wrong password') return { state: 'wrong password', pid };
    if (hasExited) {
      const written = (await readFile(logFile(dataDir))).subarray(from).toString();
      return { state: 'ended', log: written.trim() };
    }
    if (performance.now() > deadline) {
      await stopPostmaster(pid, clusterDir(dataDir), UNHURRIED);
      return { state: 'ended', log: 'It was still starting after five minutes.' };
    }
    await sleep(15);
  }
}

/**
 * The server gets a process group of its own: Ctrl-C goes to the whole group of a terminal, and
 * Postgres has to outlive the requests that are still being answered.
 */
function spawnServer(
  binaries: Binaries,
  launcher: Launcher,
  cluster: string,
  port: number,
  settings: Readonly<Record<string, string>>,
  log: number,
): ReturnType<typeof launch> {
  const all: Record<string, string> = {
    listen_addresses: LOOPBACK,
    port: String(port),
    unix_socket_directories: '',
    log_checkpoints: 'off',
    ...settings,
  };
  const words = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = launch(launcher, binaries.postgres, ['-D', cluster, ...words], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.unref();
  return child;
}

/** The server's log, begun anew when it has grown large; one old file is kept. */
async function openLog(dataDir: string): Promise<Awaited<ReturnType<typeof open>>> {
  const file = logFile(dataDir);
  const found = await stat(file).catch(nullIfMissing);
  if (found !== null && found.size > LOG_LIMIT) await rename(file, `${file}.old`);
  return open(file, 'a', 0o600);
}

type Answer = 'yes' | 'no database' | 'wrong password' | 'not yet' | 'silent';

/** Tries to log in. */
async function ask(port: number, password: string, database: string): Promise<Answer> {
  const client = connection(port, password, database);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return 'yes';
  } catch (error) {
    switch ((error as { code?: string }).code) {
      case '3D000':
        return 'no database';
      case '57P03':
        return 'not yet';
      case '28P01':
      case '28000':
        return 'wrong password';
      default:
        return 'silent';
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ensureDatabase(port: number, password: string): Promise<void> {
  if ((await ask(port, password, NAME)) === 'yes') return;
  const client = connection(port, password, 'postgres');
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${NAME}`);
  } finally {
    await client.end();
  }
}

function connection(port: number, password: string, database: string): pg.Client {
  return new pg.Client({
    host: LOOPBACK,
    port,
    user: NAME,
    password,
    database,
    ssl: false, // stated, since PGSSLMODE in the environment would otherwise decide
    connectionTimeoutMillis: 5_000,
  });
}
