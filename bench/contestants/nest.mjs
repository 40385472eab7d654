/** Two services as most people write them: NestJS with Prisma, and NestJS with `pg`. */
import { transformFile } from '@swc/core';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { answers, freePort, start, stop } from '../environment/children.mjs';
import { ROOT, WORK } from '../environment/paths.mjs';
import { SECRETS } from '../load/events.mjs';

const SOURCE = path.join(import.meta.dirname, 'nest');
const BUILT = path.join(WORK, 'nest');

/** @type {import('./contestant.mjs').Contestant} */
const common = {
  name: '',
  schema: path.join(import.meta.dirname, 'schema.sql'),
  stored: storedByPeer,
  unavailable: () => null,
  prepare: once(build),
  start: () => Promise.reject(new Error('has no store')),
};

/** @type {import('../measure/rows.mjs').StoredCondition} */
export function storedByPeer(id) {
  return `SELECT FROM payment_events WHERE event_id = ${id}`;
}

/** @type {import('./contestant.mjs').Contestant} */
export const nestPrisma = {
  ...common,
  name: 'NestJS + Prisma, transaction per event',
  start: startWith('prisma'),
};

/** @type {import('./contestant.mjs').Contestant} */
export const nestPg = {
  ...common,
  name: 'NestJS + pg, transaction per event',
  start: startWith('pg'),
};

function startWith(/** @type {string} */ store) {
  return async (/** @type {{ databaseUrl: string }} */ { databaseUrl }) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const started = start(process.execPath, [path.join(BUILT, 'main.js')], {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      SECRET: SECRETS.generic,
      STORE: store,
    });
    await answers(started, url);
    return { urls: [url], pids: [started.child.pid ?? 0], stop: () => stop(started.child) };
  };
}

/** TypeScript with decorators → JavaScript, with the Prisma client of the peer's own schema. */
async function build() {
  const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js');
  const args = [prisma, 'generate', '--no-hints', '--schema', path.join(SOURCE, 'schema.prisma')];
  // For the reason of the variable see scripts/generate.mjs.
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: prisma, CHECKPOINT_DISABLE: '1' },
  });
  if (status !== 0) throw new Error(`prisma generate failed:\n${stdout}${stderr}`);

  await rm(BUILT, { recursive: true, force: true });
  const files = await readdir(SOURCE, { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const { code } = await transformFile(path.join(SOURCE, file), {
      configFile: path.join(ROOT, '.swcrc'),
      sourceMaps: false,
    });
    const target = path.join(BUILT, file.replace(/\.ts$/, '.js'));
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, code);
  }
}

/** @param {() => Promise<void>} work */
function once(work) {
  /** @type {Promise<void> | undefined} */
  let done;
  return () => (done ??= work());
}
