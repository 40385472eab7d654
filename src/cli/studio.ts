/** `npm run studio`: Prisma Studio on the database in use, read-only unless told otherwise. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { loadSettings } from '../config/load-settings.js';
import { readOnlyUrl } from '../database/connection.js';
import { openDatabaseInUse } from '../database/database-in-use.js';
import { numberOption, parseOptions, runCommand } from './command-line.js';

const HELP = `Opens Prisma Studio, a table view of the database that the service uses.

npm run studio [-- --write] [--port 5555]

  --write   lets Studio change rows. A payment is a fold of its transactions: a change made by
            hand lasts until its next event.
  --port    where Studio listens, on 127.0.0.1 (default 5555)
  --help
`;

async function studio(): Promise<number> {
  const options = parseOptions('studio', process.argv.slice(2), {
    write: { type: 'boolean', default: false },
    port: { type: 'string', default: '5555' },
    help: { type: 'boolean', default: false },
  });
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const port = numberOption('port', options.port, { min: 1, max: 65_535, whole: true });
  const program = findPrisma();
  const database = await openDatabaseInUse(await loadSettings({ dataDirSecrets: false }));
  try {
    const url = options.write ? database.url : readOnlyUrl(database.url);
    return await run(program, port, url, options.write);
  } finally {
    await database.close();
  }
}

function findPrisma(): string {
  try {
    return createRequire(import.meta.url).resolve('prisma/build/index.js');
  } catch {
    throw new Error('Prisma Studio is not installed. Run: npm ci --include=dev');
  }
}

/** Runs Studio until it ends or a signal ends it; answers the exit code. */
async function run(program: string, port: number, url: string, write: boolean): Promise<number> {
  const args = [program, 'studio', '--port', String(port), '--browser', 'none'];
  const child = spawn(process.execPath, args, {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
    // By the environment, which prisma.config.ts reads: everybody may see the words of a command.
    env: { ...process.env, DATABASE_URL: url, CHECKPOINT_DISABLE: '1' },
  });
  const end = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', end).on('SIGTERM', end);
  const said = announce(child, write);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(
    (resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...how) => resolve(how));
    },
  );
  // Ctrl-C of a terminal reaches Prisma too, which then ends with 130.
  if (code === 0 || code === 130 || signal === 'SIGTERM' || signal === 'SIGINT') return 0;
  throw new Error(`Prisma Studio ended (${signal ?? `exit code ${code}`}).\n${said().trim()}`);
}

/** Says where Studio is once it listens; returns what it wrote, for the case that it does not. */
function announce(child: ChildProcess, write: boolean): () => string {
  let output = '';
  let announced = false;
  const read = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-10_000);
    const address = /running at:? *(http\S+)/.exec(output)?.[1];
    if (announced || address === undefined) return;
    announced = true;
    const mode = write ? 'it may change rows' : 'read-only; to change rows: -- --write';
    process.stdout.write(`studio  ${address}  (${mode}; Ctrl-C ends it)\n`);
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  return () => output;
}

await runCommand('studio', studio);
