/** From `node dist/main.js` to a 200 of /readyz, with the embedded database: new, then warm. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { MAIN, startEnvironment, startFlags } from '../contestants/service.mjs';
import { answers, freePort, start, stop } from '../environment/children.mjs';
import { WORK } from '../environment/paths.mjs';
import { median } from '../measure/quantiles.mjs';
import { figure } from '../report/table.mjs';

const WARM_STARTS = 5;

export async function run() {
  const dataDir = path.join(WORK, 'ready');
  await rm(dataDir, { recursive: true, force: true });
  const first = await startOnce(dataDir);
  const warm = [];
  for (let i = 0; i < WARM_STARTS; i += 1) warm.push(await startOnce(dataDir));
  const result = { first, warm: median(warm), slowest: Math.max(...warm) };
  const text =
    `From \`node dist/main.js\` to ready, in seconds: ${figure(first / 1000, 2)} with a new database; ` +
    `${figure((result.warm ?? 0) / 1000, 2)} with a warm one (median of ${WARM_STARTS}, ` +
    `slowest ${figure(result.slowest / 1000, 2)}).`;
  return { result, failures: [], text };
}

/** Milliseconds. */
async function startOnce(/** @type {string} */ dataDir) {
  const port = await freePort();
  const begin = performance.now();
  const started = start(process.execPath, [...startFlags(), MAIN], {
    PORT: String(port),
    DATA_DIR: dataDir,
    ...startEnvironment(),
  });
  await answers(started, `http://127.0.0.1:${port}/readyz`);
  const time = performance.now() - begin;
  await stop(started.child);
  return time;
}
