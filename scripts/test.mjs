// Runs the tests: builds (some tests run what is built), then Jest. Arguments are Jest's.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const environment = withoutServiceVariables(process.env);

const prepared = run([path.join(root, 'scripts', 'prepare.mjs')]);
if (prepared !== 0) process.exit(prepared);
process.exit(
  run([
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    '--disable-proto=delete',
    jest,
    '--reporters=default',
    `--reporters=${path.join(root, 'scripts', 'jest-summary-reporter.mjs')}`,
    ...process.argv.slice(2),
  ]),
);

function run(args) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: environment,
  });
  return status ?? 1;
}

/** The settings of whoever runs the tests do not reach them. */
function withoutServiceVariables(env) {
  const file = path.join(root, 'test', 'support', 'service-variables.json');
  const { names, prefixes, suffixes } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.fromEntries(
    Object.entries(env).filter(([variable]) => {
      const name = variable.replace(/_FILE$/, '');
      return !(
        names.includes(name) ||
        prefixes.some((prefix) => name.startsWith(prefix)) ||
        suffixes.some((suffix) => name.endsWith(suffix))
      );
    }),
  );
}
