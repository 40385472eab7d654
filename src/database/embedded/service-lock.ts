/**
 * DATA_DIR belongs to one process at a time; DATA_DIR/service.lock says to which. A process is known by
 * its number and its start. In another container these say nothing: there it is known by its pulse, the
 * time of the file, which it renews as long as it lives.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, readlink, rename, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { nullIfMissing, writePrivateFile } from '../../files/private-files.js';
import { lockFile, openDataDir, unwritable } from './files.js';
import { processStart } from './processes.js';

/** Milliseconds between two beats of the pulse. */
const BEAT = 1_000;
/** Milliseconds without one after which a holder in another container is dead. */
const SILENCE = 6_000;

export interface ServiceLock {
  release(): Promise<void>;
}

/** A living process holds DATA_DIR. */
export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';

  constructor(
    dataDir: string,
    /** The process that holds it. */
    readonly pid: number,
    /** Where its number does not lead to it: in another container. */
    elsewhere = false,
  ) {
    super(
      `DATA_DIR ${dataDir} is in use by process ${pid}${elsewhere ? ' of another container' : ''}. ` +
        `Stop that process first, or set DATA_DIR to another directory.`,
    );
  }
}

interface Holder {
  readonly pid: number;
  readonly started: string;
  /** Within which the number is known; '' where there is only one such space, or none is told. */
  readonly namespace: string;
  /** Unlike any other lock there ever was. */
  readonly id: string;
}

/**
 * Takes DATA_DIR for this process, from a holder that is dead if need be.
 * @throws DataDirInUseError when a living process holds it
 */
export async function acquireServiceLock(dataDir: string): Promise<ServiceLock> {
  const home = await openDataDir(dataDir);
  const started = await processStart(process.pid);
  if (started === null) throw new Error('This process cannot be found by its own number.');
  const namespace = await ownNamespace();
  const self: Holder = { pid: process.pid, started, namespace, id: randomUUID() };
  const file = lockFile(home);
  const holder = await take(file, self).catch((error: unknown) => {
    throw unwritable(home, error);
  });
  if (holder !== null) {
    throw new DataDirInUseError(home, holder.pid, holder.namespace !== self.namespace);
  }
  const pulse = setInterval(() => void beat(file, self).catch(() => undefined), BEAT).unref();
  return {
    release: async () => {
      clearInterval(pulse);
      if ((await read(file))?.id === self.id) await rm(file, { force: true });
    },
  };
}

/**
 * Takes one lock file; answers the living holder, or null when it is ours now.
 *
 * Taking over from the dead must have one winner. Whoever wants to replace a dead holder's file
 * first takes a second lock, named after that dead holder, and looks again: only while the file
 * still names him may it be replaced. A process that dies in between leaves a second lock that is
 * taken over in the same way.
 */
async function take(file: string, self: Holder): Promise<Holder | null> {
  for (;;) {
    if (await create(file, self)) return null;
    const holder = await read(file);
    if (holder === null) continue;
    if (await lives(holder, file, self)) return holder;

    const takeover = `${file}.${holder.id}`;
    const rival = await take(takeover, self);
    if (rival !== null) {
      await sleep(5); // it is about to replace the file
      continue;
    }
    try {
      if ((await read(file))?.id !== holder.id) continue;
      const draft = `${file}.${self.id}`;
      await writePrivateFile(draft, JSON.stringify(self));
      await rename(draft, file);
      return null;
    } finally {
      await rm(takeover, { force: true });
    }
  }
}

/** Puts a complete file in its place unless there is one; a link does both in one step. */
async function create(file: string, self: Holder): Promise<boolean> {
  const draft = `${file}.${self.id}`;
  await writePrivateFile(draft, JSON.stringify(self));
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function read(file: string): Promise<Holder | null> {
  const text = await readFile(file, 'utf8').catch(nullIfMissing);
  if (text === null) return null;
  try {
    const { pid, started, id, namespace = '' } = JSON.parse(text) as Partial<Holder>;
    if (Number.isInteger(pid) && typeof started === 'string' && /^[\w-]+$/.test(id ?? '')) {
      return { pid, started, id, namespace } as Holder;
    }
  } catch {
    // Not JSON: the same as a lock that names nobody.
  }
  return { pid: 0, started: '', id: 'unreadable', namespace: '' };
}

async function lives(holder: Holder, file: string, self: Holder): Promise<boolean> {
  if (holder.pid <= 0) return false;
  if (holder.namespace === '' || holder.namespace === self.namespace) {
    return (await processStart(holder.pid)) === holder.started;
  }
  const before = await pulseOf(file);
  const deadline = performance.now() + SILENCE;
  while (performance.now() < deadline) {
    await sleep(100);
    if ((await pulseOf(file)) !== before) return (await read(file))?.id === holder.id;
  }
  return false;
}

/** The space of numbers that this process is known in (Linux); '' elsewhere. */
async function ownNamespace(): Promise<string> {
  return readlink('/proc/self/ns/pid').catch(() => '');
}

/** Compared only with itself: the clocks of two machines need not agree. */
async function pulseOf(file: string): Promise<number | null> {
  return (await stat(file).catch(nullIfMissing))?.mtimeMs ?? null;
}

async function beat(file: string, self: Holder): Promise<void> {
  const now = new Date();
  if ((await read(file))?.id === self.id) await utimes(file, now, now);
}
