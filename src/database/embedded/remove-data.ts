/** Removing what the embedded Postgres keeps in DATA_DIR. */
import { randomUUID } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { nullIfMissing } from '../../files/private-files.js';
import {
  clusterDir,
  lockFile,
  logFile,
  openDataDir,
  passwordFile,
  portFile,
  UNFINISHED_CLUSTER,
} from './files.js';
import { findPostmaster, stopPostmaster } from './postmaster.js';

/**
 * Removes the cluster and what belongs to it, and stops a Postgres that was left running on it. The
 * caller holds the service lock, whose file stays. What it does not know, it leaves alone.
 */
export async function removeEmbeddedData(dataDir: string): Promise<void> {
  const home = await openDataDir(dataDir);
  const cluster = clusterDir(home);
  const leftover = await findPostmaster(cluster);
  if (leftover !== null) await stopPostmaster(leftover.pid, cluster, 10_000);

  // In one step, so that nobody ever finds half a cluster; a start removes what has such a name.
  const doomed = path.join(home, UNFINISHED_CLUSTER + randomUUID());
  await rename(cluster, doomed).catch(nullIfMissing);

  const log = logFile(home);
  const known = new Set([passwordFile(home), portFile(home), log, `${log}.old`]);
  for (const name of await readdir(home)) {
    const file = path.join(home, name);
    const isOurs =
      known.has(file) ||
      name.startsWith(UNFINISHED_CLUSTER) ||
      file.startsWith(`${lockFile(home)}.`);
    if (isOurs) await rm(file, { recursive: true, force: true });
  }
}
