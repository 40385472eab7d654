// Runs the properties for long: everything that holds for any events, many thousand times.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const USAGE = `npm run test:long [-- <runs> [<pattern of test files>]]

Checks what holds for any events with so many runs (5000): orders over Postgres, and so many runs of
each pure property; dearer ones, such as those that kill processes, with a fraction. Progress and the
seeds go to stderr. A failure names the seed and the path that find it again: they belong into
test/properties/regressions.ts.
`;

const [runs = '5000', pattern = 'properties', ...others] = process.argv.slice(2);
if (['--help', '-h'].includes(runs)) {
  process.stdout.write(USAGE);
  process.exit(0);
}
if (!/^[1-9][0-9]*$/.test(runs) || others.length > 0) {
  process.stderr.write(USAGE);
  process.exit(2);
}

const directory = path.dirname(fileURLToPath(import.meta.url));
const { status } = spawnSync(process.execPath, [path.join(directory, 'test.mjs'), '--', pattern], {
  stdio: 'inherit',
  env: { ...process.env, FC_RUNS: runs },
});
process.exit(status ?? 1);
