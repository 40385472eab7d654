// Changes the code in every small way, and looks whether a unit test notices.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { PARTS, PROVIDERS } from '../stryker.config.mjs';

const names = Object.keys(PARTS);
const USAGE = `npm run test:mutation [-- <part>...]

Changes the code that everything else rests on in every small way (Stryker), and names each change
that no unit test notices. It takes minutes to hours, and fails where fewer than 90 % of the changes
are noticed. Parts, all of them unless some are named:
  ${names.filter((name) => !PROVIDERS.includes(name)).join(', ')}
  verifiers, which are ${PROVIDERS.join(', ')}
`;

const parts = process.argv.slice(2).flatMap((part) => (part === 'verifiers' ? PROVIDERS : [part]));
if (parts.includes('--help') || parts.includes('-h')) {
  process.stdout.write(USAGE);
  process.exit(0);
}
if (parts.some((part) => !names.includes(part))) {
  process.stderr.write(USAGE);
  process.exit(2);
}

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stryker = path.join(root, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
const statuses = (parts.length > 0 ? parts : names).map((part) => {
  const { status } = spawnSync(process.execPath, [stryker, 'run'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, MUTATION_PART: part },
  });
  return status ?? 1;
});
process.exit(Math.max(...statuses));
