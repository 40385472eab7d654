// Generates the Prisma client without a download.
// `prisma generate` fetches a schema engine that it does not use; any existing file named in
// PRISMA_SCHEMA_ENGINE_BINARY stops that. The variable is set for this one child only: with it in the
// environment, `prisma migrate deploy` applies nothing and still exits 0.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js');
const { status } = spawnSync(process.execPath, [prisma, 'generate', '--no-hints'], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: prisma, CHECKPOINT_DISABLE: '1' },
});
process.exit(status ?? 1);
