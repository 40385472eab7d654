/** This service as it was built, started as `npm start` starts it, with default settings. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DIST, ROOT } from '../environment/paths.mjs';
import { answers, freePort, start, stop } from '../environment/children.mjs';
import { SECRETS } from '../load/events.mjs';

export const MAIN = path.join(DIST, 'main.js');
export const ADMIN_TOKEN = 'token-of-the-bench-0123456789';

/** The variable that `npm start` sets: heaps of glibc's for each thread would hold 35 MB unused. */
export function startEnvironment() {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const value = / MALLOC_ARENA_MAX=(\d+) exec node /.exec(scripts.start)?.[1];
  if (value === undefined) throw new Error('package.json: scripts.start has another form.');
  return { MALLOC_ARENA_MAX: value };
}

/** The flags that `npm start` gives to node. */
export function startFlags() {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const flags = /exec node (.*) dist\/main\.js/.exec(scripts.start)?.[1];
  if (flags === undefined) throw new Error('package.json: scripts.start has another form.');
  return flags.split(' ');
}

/** @type {import('../measure/rows.mjs').StoredCondition} */
export const storedByService = (id) =>
  `SELECT FROM webhook_events WHERE source IN ('generic', 'stripe') AND event_id = ${id}`;

/**
 * @param {string} name
 * @param {{ instances?: number, flags?: string[], environment?: Record<string, string> }} [options]
 * @returns {import('./contestant.mjs').Contestant}
 */
export function service(name, { instances = 1, flags = [], environment = {} } = {}) {
  return {
    name,
    schema: 'service',
    stored: storedByService,
    unavailable: () => null,
    async start({ databaseUrl }) {
      const all = await Promise.all(
        Array.from({ length: instances }, () => startOne(databaseUrl, flags, environment)),
      );
      return {
        urls: all.map(({ url }) => url),
        pids: all.map(({ child }) => child.pid ?? 0),
        stop: async () => void (await Promise.all(all.map(({ child }) => stop(child)))),
      };
    },
  };
}

async function startOne(
  /** @type {string} */ databaseUrl,
  /** @type {string[]} */ flags,
  /** @type {Record<string, string>} */ environment,
) {
  const port = await freePort();
  const started = start(process.execPath, [...startFlags(), ...flags, MAIN], {
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    ADMIN_TOKEN,
    ...startEnvironment(),
    GENERIC_WEBHOOK_SECRET: SECRETS.generic,
    STRIPE_WEBHOOK_SECRET: SECRETS.stripe,
    ...environment,
  });
  const url = `http://127.0.0.1:${port}`;
  await answers(started, `${url}/readyz`);
  return { url, child: started.child };
}
