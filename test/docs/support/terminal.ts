/** A user's terminals: one for commands, and one for each command that stays. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds. A first start may have to build; a stop takes ten seconds at most. */
const LONGEST = { command: 120_000, start: 180_000, stop: 15_000 };
const END = '--- end of block';

export interface Place {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

class Shell {
  /** All that was printed, on stdout and stderr. */
  printed = '';
  readonly closed: Promise<unknown>;
  protected readonly child: ChildProcess;

  /** Its own process group, to which Ctrl-C goes. */
  constructor(args: readonly string[], { directory, env }: Place) {
    const options = { cwd: directory, env, detached: true } as const;
    this.child = spawn('bash', ['--noprofile', '--norc', ...args], options);
    const read = (chunk: Buffer) => (this.printed += chunk.toString());
    this.child.stdout!.on('data', read);
    this.child.stderr!.on('data', read);
    this.closed = once(this.child, 'close');
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Ends whatever runs in it. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.closed;
  }

  /** Waits until it has printed what is wanted; false where it ended or took too long without. */
  async prints(isThere: (printed: string) => boolean, longest: number): Promise<boolean> {
    const until = Date.now() + longest;
    while (!isThere(this.printed)) {
      if (this.hasEnded) {
        await this.closed;
        return isThere(this.printed);
      }
      if (Date.now() > until) return false;
      await sleep(50);
    }
    return true;
  }

  protected signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.child.pid!, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Commands one after the other, in one shell: its variables and its directory last. */
export class Terminal extends Shell {
  constructor(place: Place) {
    super([], place);
    this.child.stdin!.write('exec 2>&1\n');
  }

  /**
   * @param mayFail whether the code of the last command is looked at only by the caller; otherwise the first
   *   command that fails ends the block and the shell
   */
  async run(text: string, mayFail: boolean): Promise<{ printed: string; code: number | null }> {
    const before = this.printed.length;
    // Nothing may read the rest of the shell's own input.
    this.child.stdin!.write(
      `${mayFail ? '' : 'set -e'}\n{ ${text}\n} </dev/null\nprintf '%s %s\\n' '${END}' $?\nset +e\n`,
    );
    const end = new RegExp(`${END} (\\d+)\n`);
    await this.prints((all) => end.test(all.slice(before)), LONGEST.command);
    const [printed = '', code] = this.printed.slice(before).split(end);
    return { printed, code: code === undefined ? this.child.exitCode : Number(code) };
  }
}

/** A command that stays, such as the service. */
export class Background extends Shell {
  constructor(text: string, place: Place) {
    super(['-c', text], place);
  }

  /** Resolves when it has printed what is wanted. */
  starts(isThere: (printed: string) => boolean): Promise<boolean> {
    return this.prints(isThere, LONGEST.start);
  }

  /** Ctrl-C; its exit code, null where it does not end. */
  async interrupt(): Promise<number | null> {
    this.signal('SIGINT');
    const late = sleep(LONGEST.stop, null, { ref: false });
    await Promise.race([this.closed, late]);
    return this.child.exitCode;
  }
}
