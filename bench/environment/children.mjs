/** Child processes: started with a clean environment, waited for, always ended. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WORK } from './paths.mjs';

const READY = 30_000;
const STOP = 15_000;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** Sees to it that a child does not outlive the bench. */
export function endWithBench(/** @type {import('node:child_process').ChildProcess} */ child) {
  running.add(child);
  child.once('exit', () => running.delete(child));
}

/** Kills whatever still runs, when the bench itself has to end at once. */
export function killChildren() {
  for (const child of running) child.kill('SIGKILL');
}

/**
 * Starts a program in an empty directory, so that no `.env` is read, and with no variable of the
 * caller's that could be a setting. What it says on stdout goes nowhere, on stderr into a file.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} environment
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function start(command, args, environment, options = {}) {
  const directory = path.join(WORK, 'run');
  mkdirSync(directory, { recursive: true });
  const log = path.join(WORK, `${path.basename(args.at(-1) ?? command)}.log`);
  const stderr = openSync(log, 'w');
  const child = spawn(command, args, {
    cwd: directory,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...environment },
    stdio: ['ignore', 'ignore', stderr],
    ...options,
  });
  closeSync(stderr);
  endWithBench(child);
  return { child, said: () => readFileSync(log, 'utf8').trim() };
}

/**
 * Waits until a server answers with any status.
 * @param {{ child: import('node:child_process').ChildProcess, said: () => string }} started
 * @param {string} url
 */
export async function answers({ child, said }, url) {
  const deadline = performance.now() + READY;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    try {
      const response = await fetch(url);
      await response.arrayBuffer();
      if (response.status < 500) return;
    } catch {
      // not yet
    }
    await sleep(20);
  }
  await stop(child);
  throw new Error(`${child.spawnargs.join(' ')} does not answer at ${url}. It said:\n${said()}`);
}

/**
 * Ends a program by SIGTERM, by SIGKILL where that does not help.
 * @param {import('node:child_process').ChildProcess} child
 */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP);
  await exit;
  clearTimeout(timer);
}

/** A port of 127.0.0.1 that is free now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
