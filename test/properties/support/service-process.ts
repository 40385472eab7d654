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

  /**
   * Resolves when it listens.
   *
   * @param env variables that win over those below
   */
  static async start(
    database: Pick<TestDatabase, 'url'>,
    reading = 0,
    env: Readonly<Record<string, string>> = {},
  ): Promise<ServiceProcess> {
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
        ...env,
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

  get pid(): number {
    return this.child.pid!;
  }

  /** Sends a signal, and resolves with the code it exits with; null where the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const { exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null) return exitCode;
    const exit = once(this.child, 'exit') as Promise<[number | null, string | null]>;
    this.child.kill(signal);
    return (await exit)[0];
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
