// Runs the faults in their whole form: everything that may break, as often as the promises are worth.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const directory = path.dirname(fileURLToPath(import.meta.url));
const SUFFIX = '.e2e-spec.ts';
const names = readdirSync(path.join(directory, '..', 'test', 'faults'))
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length));

const USAGE = `npm run test:faults [-- <name>...]

Breaks what the service rests on, as often as its promises are worth: processes are killed, Postgres
crashes, connections break, the disk is full, five times as much comes in. \`npm test\` does the same a
few times. It takes hours; progress, counts and the seed go to stderr, and FAULTS_SEED=<seed> brings a
run back. Faults, all of them unless some are named:
  ${names.join('\n  ')}
`;

const wanted = process.argv.slice(2);
if (wanted.some((name) => ['--help', '-h'].includes(name))) {
  process.stdout.write(USAGE);
  process.exit(0);
}
if (wanted.some((name) => !names.includes(name))) {
  process.stderr.write(USAGE);
  process.exit(2);
}

const patterns = (wanted.length > 0 ? wanted : names).map((name) => `test/faults/${name}.e2e`);
const { status } = spawnSync(
  process.execPath,
  // One after the other: what one does to the machine would count for the others.
  [path.join(directory, 'test.mjs'), '--runInBand', '--', ...patterns],
  { stdio: 'inherit', env: { ...process.env, FAULTS: 'whole' } },
);
process.exit(status ?? 1);
