/** Lets the watchdog stop what the tests started, and waits for it. */
import { once } from 'node:events';

export default async function teardown(): Promise<void> {
  const watchdog = globalThis.testWatchdog;
  if (watchdog === undefined) return;
  const ended = once(watchdog, 'exit');
  watchdog.ref();
  watchdog.stdin?.end();
  await ended;
}
