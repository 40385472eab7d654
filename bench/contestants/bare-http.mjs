/**
 * The ceiling: what this machine can do for the same rows in the same kind of transaction, with
 * nothing but `node:http` and `pg`.
 */
import path from 'node:path';
import { answers, freePort, start, stop } from '../environment/children.mjs';
import { SECRETS } from '../load/events.mjs';
import { storedByService } from './service.mjs';

/** @type {import('./contestant.mjs').Contestant} */
export const bareHttp = {
  name: 'bare node:http, same rows',
  schema: 'service',
  stored: storedByService,
  unavailable: () => null,
  async start({ databaseUrl }) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const program = path.join(import.meta.dirname, 'bare-http/server.mjs');
    const started = start(process.execPath, [program], {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      SECRET: SECRETS.generic,
    });
    await answers(started, url);
    return { urls: [url], pids: [started.child.pid ?? 0], stop: () => stop(started.child) };
  },
};
