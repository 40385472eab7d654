/**
 * Makes the directory in which tests keep their Postgres, and sets a watchdog on it. Postgres itself
 * is started by the first test that wants a database (database.ts).
 *
 * No imports from src: Jest loads this file as CommonJS and without its own module resolution.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

declare global {
  var testWatchdog: ChildProcess | undefined;
}

export default async function setup(_: unknown, project: { rootDir: string }): Promise<void> {
  const directory = mkdtempSync(path.join(realpathSync(tmpdir()), 'payment-webhooks-test-'));
  const program = path.join(project.rootDir, 'test', 'support', 'watchdog.mjs');
  const watchdog = spawn(process.execPath, [program, directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  await once(watchdog, 'spawn');
  watchdog.unref();
  globalThis.testWatchdog = watchdog;
  process.env.TEST_DIRECTORY = directory;
}
