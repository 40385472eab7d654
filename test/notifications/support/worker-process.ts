/** A process that sends notifications: to be killed, or stopped and continued. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type TestDatabase } from '../../support/database.js';

const HOOKS = new URL('../../properties/support/typescript.mjs', import.meta.url).href;
const PROGRAM = fileURLToPath(new URL('./worker.ts', import.meta.url));

export class WorkerProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when it sends. */
  static async start(database: TestDatabase): Promise<WorkerProcess> {
    const child = spawn(process.execPath, ['--import', HOOKS, PROGRAM], {
      env: { ...process.env, DATABASE_URL: database.url },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const output: Readable = child.stdout;
    await new Promise<void>((resolve, reject) => {
      output.once('data', () => resolve());
      output.once('end', () => reject(new Error('The worker ended before it began.')));
    });
    return new WorkerProcess(child);
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }

  /** Ends it: at once, or in order. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await exit;
  }
}
