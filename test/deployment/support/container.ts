/** Runs what an image starts, as a container engine would: its command, its environment, its user. */
import { spawn, type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type User } from './copy-tree.js';
import { baseEnvironment, type Image } from './image.js';

const START_DEADLINE = 60_000;
const PRINT_DEADLINE = 10_000;

export class Container {
  private output = '';

  private constructor(
    private readonly image: Image,
    private readonly user: User | null,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /** Starts it; resolves when its own health check says that it is healthy. */
  static async start(
    image: Image,
    user: User | null,
    settings: Readonly<Record<string, string>>,
  ): Promise<Container> {
    const port = await freePort();
    const { PATH } = baseEnvironment();
    const environment = { PATH: PATH ?? '', ...image.environment, ...settings, PORT: String(port) };
    const [program = '', ...args] = image.command;
    const child = spawn(program, args, {
      cwd: image.workingDirectory,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...user,
    });
    const url = `http://127.0.0.1:${port}`;
    const container = new Container(image, user, environment, child, url);
    await container.becomesHealthy();
    return container;
  }

  isHealthy(): boolean {
    const [program = '', ...args] = this.image.healthcheck;
    const { workingDirectory: cwd } = this.image;
    return spawnSync(program, args, { cwd, env: this.environment, ...this.user }).status === 0;
  }

  /** What it prints after a label. */
  async printed(label: string): Promise<string> {
    const line = new RegExp(`^${label}  (.*)\\n`, 'm');
    const deadline = Date.now() + PRINT_DEADLINE;
    for (;;) {
      const value = line.exec(this.output)?.[1];
      if (value !== undefined) return value;
      if (Date.now() > deadline) throw new Error(`it printed no "${label}":\n${this.output}`);
      await sleep(20);
    }
  }

  /** Stops it as the engine does; how it ended. */
  async stop(): Promise<number | NodeJS.Signals | null> {
    if (this.hasEnded) return this.child.exitCode;
    this.child.kill(this.image.stopSignal);
    const [code, signal] = (await once(this.child, 'exit')) as [
      number | null,
      NodeJS.Signals | null,
    ];
    return signal ?? code;
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async becomesHealthy(): Promise<void> {
    const deadline = Date.now() + START_DEADLINE;
    while (!this.isHealthy()) {
      if (this.hasEnded || Date.now() > deadline) {
        this.child.kill('SIGTERM');
        throw new Error(`it did not become healthy:\n${this.output}`);
      }
      await sleep(100);
    }
  }
}

/**
 * Who stands for the user of the image: for root an unprivileged one, where one can run Node here and
 * reach a directory; for anybody else null, which means themselves.
 */
export function unprivilegedUser(directory: string): User | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const [, , uid, gid] = accounts.find(([name]) => name === 'nobody') ?? [];
  const user = { uid: Number(uid), gid: Number(gid) };
  const options = { cwd: directory, ...user };
  const works = uid !== undefined && spawnSync(process.execPath, ['-e', '0'], options).status === 0;
  return works ? user : null;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
