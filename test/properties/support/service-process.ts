/** A service in a process of its own, to be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ADMIN_TOKEN, GENERIC_SECRET, STRIPE_SECRET } from '../../support/application.js';
import { createTestDirectory, type TestDatabase } from '../../support/database.js';
import { statingVariables } from './stating-provider.js';

const HOOKS = new URL('./typescript.mjs', import.meta.url).href;
const PROGRAM = fileURLToPath(new URL('./service.ts', import.meta.url));

export class ServiceProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  /** Resolves when it listens. */
  static async start(database: TestDatabase, reading = 0): Promise<ServiceProcess> {
    const child = spawn(process.execPath, ['--import', HOOKS, PROGRAM], {
      // A directory of its own, so that no .env is read.
      cwd: await createTestDirectory(),
      env: {
        ...process.env,
        ...statingVariables(reading),
        GENERIC_WEBHOOK_SECRET: GENERIC_SECRET,
        STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
        ADMIN_TOKEN,
        DATABASE_URL: database.url,
        // The Postgres of tests waits for no disk.
        ALLOW_UNSAFE_DATABASE: 'on',
        LOG_LEVEL: 'error',
        PORT: '0',
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return new ServiceProcess(child, await portOf(child));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ends it as a crash does: at once, whatever is under way. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends it in order; its connections to the database are closed then. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await exit;
  }
}

/** The port in the line that the service writes when it listens. What it logs is shown. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout as Readable })
      .on('line', (line) => {
        const port = /^listening {2}http:\/\/127\.0\.0\.1:(\d+)$/.exec(line)?.[1];
        if (port !== undefined) resolve(Number(port));
        if (line.startsWith('{')) process.stderr.write(`${line}\n`);
      })
      .on('close', () => reject(new Error('The service ended before it listened.')));
  });
}
