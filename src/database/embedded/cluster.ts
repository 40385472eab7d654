/** Making the cluster, and the password that opens it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Binaries } from './binaries.js';
import { nullIfMissing, writePrivateFile } from '../../files/private-files.js';
import {
  clusterDir,
  EmbeddedPostgresError,
  passwordFile,
  syncDirectory,
  UNFINISHED_CLUSTER,
} from './files.js';
import { type Launcher, runToEnd } from './launcher.js';

/** Name of the user, who is superuser, and of the database. */
export const NAME = 'payments';

/** macOS has no locale C.UTF-8 of its own; Postgres' built-in one sorts and classifies the same. */
const LOCALE =
  process.platform === 'darwin'
    ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    : ['--locale=C.UTF-8'];

/** The kept password, or a new one. It exists before the cluster does. */
export async function ensurePassword(dataDir: string): Promise<string> {
  const kept = await readPassword(dataDir);
  if (kept !== null) return kept;
  const password = randomBytes(24).toString('hex');
  await writePrivateFile(passwordFile(dataDir), `${password}\n`);
  return password;
}

/** The kept password, or null. */
export async function readPassword(dataDir: string): Promise<string | null> {
  const text = await readFile(passwordFile(dataDir), 'utf8').catch(nullIfMissing);
  return text?.trim() || null;
}

export interface ClusterPlan {
  readonly dataDir: string;
  readonly binaries: Binaries;
  readonly launcher: Launcher;
  readonly password: string;
  /** Waits until the new cluster is safe from a loss of power. */
  readonly durable: boolean;
}

/**
 * Makes the cluster unless there is one. initdb works beside the place and its result is moved
 * there when complete, so a start that is killed leaves nothing half made.
 * @throws EmbeddedPostgresError when the cluster was made by another major version of Postgres
 */
export async function ensureCluster(plan: ClusterPlan): Promise<void> {
  const { dataDir, binaries, launcher, password } = plan;
  await removeUnfinished(dataDir);
  const cluster = clusterDir(dataDir);
  const made = await readFile(path.join(cluster, 'PG_VERSION'), 'utf8').catch(nullIfMissing);
  if (made !== null) return checkMajor(made.trim(), plan);

  const workshop = path.join(dataDir, UNFINISHED_CLUSTER + randomUUID());
  const draft = path.join(workshop, 'cluster');
  const passwordCopy = path.join(workshop, 'password');
  await mkdir(workshop, { mode: 0o700 });
  await writeFile(passwordCopy, `${password}\n`, { mode: 0o600 });
  if (launcher.user !== null) {
    const { uid, gid } = launcher.user;
    for (const file of [workshop, passwordCopy]) await chown(file, uid, gid);
  }
  await runToEnd(launcher, binaries.initdb, [
    `--pgdata=${draft}`,
    `--username=${NAME}`,
    '--encoding=UTF8',
    ...LOCALE,
    '--auth=scram-sha-256',
    `--pwfile=${passwordCopy}`,
    ...(plan.durable ? [] : ['--no-sync']),
  ]);
  await rename(draft, cluster).catch((cause: unknown) => {
    throw new EmbeddedPostgresError(
      `${cluster} is there but is no Postgres cluster (it has no PG_VERSION). Move it away.`,
      { cause },
    );
  });
  await syncDirectory(dataDir);
  await removeUnfinished(dataDir);
}

/**
 * Gives the database user our password, in Postgres' single-user mode, which asks for none. Needed
 * when DATA_DIR/database-password was lost or exchanged. No Postgres may run on the cluster.
 */
export async function resetPassword(plan: ClusterPlan): Promise<void> {
  const args = ['--single', '-D', clusterDir(plan.dataDir), 'postgres'];
  const statement = `ALTER ROLE ${NAME} PASSWORD '${plan.password}'\n`;
  await runToEnd(plan.launcher, plan.binaries.postgres, args, statement);
}

async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(UNFINISHED_CLUSTER)) continue;
    // The initdb of a killed start may still be writing there for a moment.
    const patient = { recursive: true, force: true, maxRetries: 20, retryDelay: 20 };
    await rm(path.join(dataDir, name), patient);
  }
}

async function checkMajor(made: string, { binaries, launcher, dataDir }: ClusterPlan) {
  const version = await runToEnd(launcher, binaries.postgres, ['--version']);
  const major = /\) (\d+)/.exec(version)?.[1];
  if (made === major) return;
  throw new EmbeddedPostgresError(
    `The data in ${clusterDir(dataDir)} was written by Postgres ${made}, but Postgres ${major} is ` +
      `installed, which cannot read it. Either go back to the version of this service that wrote ` +
      `it; or move it with pg_upgrade of Postgres ${major}; or, when it may be lost, set DATA_DIR ` +
      `to an empty directory.`,
  );
}
