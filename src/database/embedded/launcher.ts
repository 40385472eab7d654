/** Postgres refuses to run as root; here is decided as whom it runs. */
import { spawn, type SpawnOptions } from 'node:child_process';
import { chmod, chown, lstat, readdir, readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { type Binaries } from './binaries.js';
import { nullIfMissing } from '../../files/private-files.js';
import { clusterDir, EmbeddedPostgresError } from './files.js';

/** How a program of Postgres is started. */
export interface Launcher {
  /** Words before the program's own; they replace themselves by the program, so its pid is the child's. */
  readonly prefix: readonly string[];
  /** Present: the program runs as this user, to whom its files must belong. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
}

const DIRECT: Launcher = { prefix: [], user: null };

export interface LauncherChoice {
  readonly binaries: Binaries;
  /** Exists. */
  readonly dataDir: string;
  /** The util-linux program that makes user namespaces. */
  readonly unshare?: string;
}

/**
 * Chooses the way that works here, and makes the cluster, if there is one, belong to whom it must.
 *
 * A normal user starts Postgres directly. Root starts it in a user namespace in which root's number
 * is another: no user is added, files stay root's, and any path works, also one below /root.
 * Where namespaces are forbidden (some container runtimes), it runs as an unprivileged user if that
 * one reaches the programs and the data.
 * @throws EmbeddedPostgresError when root has no way left, with the three cures
 */
export async function chooseLauncher(choice: LauncherChoice): Promise<Launcher> {
  const { binaries, dataDir, unshare = 'unshare' } = choice;
  const accounts = await readAccounts();
  const uid = process.getuid?.() ?? 0;
  // initdb also looks its user's name up, and fails for a number without one.
  if (uid !== 0 && hasName()) return DIRECT;

  const cluster = clusterDir(dataDir);
  const owner = await stat(cluster).catch(nullIfMissing);
  if (uid === 0 && owner !== null && owner.uid !== 0) {
    const user = { uid: owner.uid, gid: owner.gid };
    if (await reaches(user, binaries, dataDir)) return { prefix: [], user };
    await chownAll(cluster, 0, 0);
  }

  const inside = accounts.find((account) => account.uid !== 0)?.uid ?? 1000;
  const namespace: Launcher = {
    prefix: [unshare, '--user', `--map-user=${inside}`, `--map-group=${inside}`],
    user: null,
  };
  if (await succeeds(namespace, binaries.postgres, ['--version'])) return namespace;
  if (uid !== 0) return DIRECT;

  for (const name of ['postgres', 'nobody']) {
    const user = accounts.find((account) => account.name === name);
    if (user === undefined) continue;
    // Only passing through is allowed; what lies in DATA_DIR has modes of its own.
    await chmod(dataDir, (await stat(dataDir)).mode | 0o011);
    if (!(await reaches(user, binaries, dataDir))) continue;
    if (owner !== null) await chownAll(cluster, user.uid, user.gid);
    return { prefix: [], user };
  }
  throw new EmbeddedPostgresError(
    `Postgres does not run as root, user namespaces are not allowed here (${unshare} failed), and ` +
      `no unprivileged user reaches both ${binaries.postgres} and ${dataDir}. One of three helps: ` +
      `start the service as a normal user; move the project and DATA_DIR to where every user may ` +
      `pass (not below /root); or set DATABASE_URL to a Postgres of your own.`,
  );
}

/**
 * Starts a program of Postgres. It gets an environment of its own: the service's holds secrets,
 * and PG* variables or a locale from outside would change what Postgres does.
 */
export function launch(
  launcher: Launcher,
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
): ReturnType<typeof spawn> {
  const [command = program, ...rest] = [...launcher.prefix, program, ...args];
  return spawn(command, rest, {
    ...options,
    ...launcher.user,
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
  });
}

/**
 * Runs a program of Postgres to its end.
 * @returns what it wrote to stdout and stderr
 * @throws EmbeddedPostgresError with that text when it fails
 */
export async function runToEnd(
  launcher: Launcher,
  program: string,
  args: readonly string[],
  input = '',
): Promise<string> {
  const child = launch(launcher, program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // A program that ends before it has read its input is judged by its exit code alone.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return output;
  throw new EmbeddedPostgresError(
    `${path.basename(program)} failed (exit code ${code}): ${output.trim()}`,
  );
}

async function succeeds(
  launcher: Launcher,
  program: string,
  args: readonly string[],
): Promise<boolean> {
  return runToEnd(launcher, program, args).then(
    () => true,
    () => false,
  );
}

/** Whether a user may pass through DATA_DIR and run the server. */
async function reaches(
  user: { uid: number; gid: number },
  binaries: Binaries,
  dataDir: string,
): Promise<boolean> {
  const script = 'test -x "$1" && exec "$2" --version';
  const as: Launcher = { prefix: [], user: { uid: user.uid, gid: user.gid } };
  return succeeds(as, 'sh', ['-c', script, 'sh', dataDir, binaries.postgres]);
}

/** Gives a cluster to a user. Links (tablespaces) are not followed. */
export async function chownAll(directory: string, uid: number, gid: number): Promise<void> {
  const names = await readdir(directory, { recursive: true });
  for (const file of [directory, ...names.map((name) => path.join(directory, name))]) {
    const found = await lstat(file).catch(nullIfMissing);
    if (found !== null && !found.isSymbolicLink()) await chown(file, uid, gid);
  }
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

async function readAccounts(): Promise<Account[]> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  return lines
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name, , uid, gid]) => ({ name: name ?? '', uid: Number(uid), gid: Number(gid) }));
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}
