/** `npm run reset`: removes the embedded database and the generated secrets. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { FILE_NAME as SECRETS_FILE } from '../config/generated-secrets.js';
import { loadSettings } from '../config/load-settings.js';
import { removeEmbeddedData } from '../database/embedded/remove-data.js';
import { acquireServiceLock } from '../database/embedded/service-lock.js';
import { parseOptions, runCommand, UsageError } from './command-line.js';

const HELP = `Removes all payments, events and secrets that the service keeps in DATA_DIR.

npm run reset [-- --yes]

  --yes   does not ask
  --help
`;

async function reset(): Promise<number> {
  const options = parseOptions('reset', process.argv.slice(2), {
    yes: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { databaseUrl, dataDir } = await loadSettings({ dataDirSecrets: false });
  if (databaseUrl !== null) {
    throw new Error(
      'DATABASE_URL is set, and only the embedded database is ever removed. Unset it, or drop ' +
        'that database with the tools of its server.',
    );
  }
  const lock = await acquireServiceLock(dataDir);
  try {
    if (!options.yes && !(await confirm(dataDir))) {
      process.stdout.write('Nothing was removed.\n');
      return 1;
    }
    await removeEmbeddedData(dataDir);
    await rm(path.join(dataDir, SECRETS_FILE), { force: true });
    process.stdout.write(`Removed the data in ${dataDir}. The next start begins empty.\n`);
    return 0;
  } finally {
    await lock.release();
  }
}

async function confirm(dataDir: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UsageError('There is no terminal to ask on. Add --yes: npm run reset -- --yes');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const question = `Remove all payments and events in ${dataDir} for ever? y/N `;
  // Ctrl-D or Ctrl-C at the question is a no.
  const answer = await Promise.race([
    terminal.question(question),
    new Promise<string>((resolve) => terminal.once('close', () => resolve(''))),
  ]);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

await runCommand('reset', reset);
