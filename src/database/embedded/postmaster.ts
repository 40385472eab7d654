/** The Postgres that runs on a cluster, whoever started it. */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { nullIfMissing } from '../../files/private-files.js';
import { commandLine, hasEnded, signal } from './processes.js';

export interface Postmaster {
  readonly pid: number;
  /** Null until it listens. */
  readonly port: number | null;
}

/** Milliseconds of the time for stopping that are kept for what follows a SIGINT in vain. */
const RESERVE = 500;
const IMMEDIATE = 400;
const KILLED = 5_000;

/** The postmaster that runs on a cluster, or null. A stale postmaster.pid names none. */
export async function findPostmaster(cluster: string): Promise<Postmaster | null> {
  const text = await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(nullIfMissing);
  if (text === null) return null;
  // 1 its number, 2 the directory, 3 its start, 4 the port, 5 a socket, 6 the address once it listens
  const [first, , , fourth, , listens] = text.split('\n');
  const pid = Number(first);
  if (!Number.isInteger(pid) || pid <= 0 || !(await isPostmaster(pid, cluster))) return null;
  return { pid, port: listens ? Number(fourth) : null };
}

/**
 * Whether a process is the Postgres of this cluster. Its number may have been given to another
 * process since; the words it was started with name the directory.
 */
async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  return `${await commandLine(pid)} `.includes(` -D ${cluster} `);
}

/**
 * Ends a postmaster: politely, then at once, then by force. After SIGINT it ends its sessions and
 * writes a checkpoint; what it cannot finish in time it recovers from its log at the next start, as
 * after a loss of power.
 *
 * @param within milliseconds
 */
export async function stopPostmaster(pid: number, cluster: string, within: number): Promise<void> {
  if (!(await isPostmaster(pid, cluster))) return;
  signal(pid, 'SIGINT');
  if (await hasEnded(pid, Math.max(0, within - RESERVE))) return;
  signal(pid, 'SIGQUIT');
  if (await hasEnded(pid, IMMEDIATE)) return;
  // Its children notice that it is gone and end by themselves.
  signal(pid, 'SIGKILL');
  await hasEnded(pid, KILLED);
}

/** Removes a postmaster.pid that no running postmaster owns: Postgres believes the number in it. */
export async function removeStalePidFile(cluster: string): Promise<void> {
  await rm(path.join(cluster, 'postmaster.pid'), { force: true });
}
