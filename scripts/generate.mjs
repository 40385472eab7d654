// Generates the Prisma client without a download.
// `prisma generate` fetches a schema engine that it does not use; any existing file named in
// PRISMA_SCHEMA_ENGINE_BINARY stops that. The variable is set for this one child only: with it in the
// environment, `prisma migrate deploy` applies nothing and still exits 0.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js');
const { status, stdout, stderr } = spawnSync(process.execPath, [prisma, 'generate', '--no-hints'], {
  encoding: 'utf8',
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: prisma, CHECKPOINT_DISABLE: '1' },
});
// It has nothing to say that a user needs, unless it fails.
if (status !== 0) process.stderr.write(`${stdout}${stderr}`);
process.exit(status ?? 1);
