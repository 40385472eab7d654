/**
 * Builds an image without a container engine: the steps of a Dockerfile are executed in order, each
 * stage in an empty directory of its own that stands for its file system.
 *
 * What this cannot show: that the base image has what the steps call, and its version of Node.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { contextFiles, IgnoreRules } from './build-context.js';
import { copyTree, type User } from './copy-tree.js';
import {
  execForm,
  type Instruction,
  pairs,
  parseDockerfile,
  type Stage,
  words,
} from './dockerfile.js';

export interface Image {
  readonly base: string;
  /** Stands for `/`. */
  readonly root: string;
  /** Where a container starts, as a path of this machine. */
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly volumes: readonly string[];
  readonly ports: readonly number[];
  readonly stopSignal: NodeJS.Signals;
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
}

export interface BuildOptions {
  /** The repository. */
  readonly context: string;
  /** An empty directory. */
  readonly workshop: string;
  /** Who stands for the user that `--chown` names; null where nothing can be given away. */
  readonly owner: User | null;
  /**
   * Does a command of a RUN step in its own way.
   * @returns false for one that the shell is to run
   */
  readonly instead?: (command: string, directory: string) => boolean;
}

/** Builds the last stage, and before it those that it copies from. */
export function buildImage(options: BuildOptions): Image {
  const { context, workshop } = options;
  const stages = parseDockerfile(readFileSync(path.join(context, 'Dockerfile'), 'utf8'));
  const built = new Map<string, Building>();
  let last: Building | undefined;
  for (const [index, stage] of stages.entries()) {
    const root = path.join(workshop, stage.name ?? `stage-${index}`);
    mkdirSync(root);
    last = new Building(stage, root, options, built);
    for (const instruction of stage.instructions) last.execute(instruction);
    if (stage.name !== null) built.set(stage.name, last);
  }
  if (last === undefined) throw new Error('there is no FROM');
  return last.finish();
}

class Building {
  private directory = '/';
  private environment: Record<string, string> = {};
  private labels: Record<string, string> = {};
  private user = 'root';
  private readonly volumes: string[] = [];
  private readonly ports: number[] = [];
  private stopSignal: NodeJS.Signals = 'SIGTERM';
  private command: readonly string[] = [];
  private healthcheck: readonly string[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly root: string,
    private readonly options: BuildOptions,
    private readonly built: ReadonlyMap<string, Building>,
  ) {}

  execute({ name, flags, text }: Instruction): void {
    switch (name) {
      case 'WORKDIR':
        this.directory = path.posix.resolve(this.directory, text);
        mkdirSync(this.here(), { recursive: true });
        break;
      case 'ENV':
        this.environment = { ...this.environment, ...pairs(text) };
        break;
      case 'LABEL':
        this.labels = { ...this.labels, ...pairs(text) };
        break;
      case 'COPY':
        this.copy(flags, words(text));
        break;
      case 'RUN':
        this.run(text);
        break;
      case 'USER':
        this.user = text;
        break;
      case 'VOLUME':
        this.volumes.push(...words(text));
        break;
      case 'EXPOSE':
        this.ports.push(...words(text).map(Number));
        break;
      case 'STOPSIGNAL':
        this.stopSignal = text as NodeJS.Signals;
        break;
      case 'HEALTHCHECK':
        this.healthcheck = execForm(text.replace(/^CMD\s+/, ''));
        break;
      case 'CMD':
        this.command = execForm(text);
        break;
      default:
        throw new Error(`no such instruction: ${name}`);
    }
  }

  finish(): Image {
    const { labels, user, volumes, ports, stopSignal, command, healthcheck } = this;
    return {
      base: this.stage.base,
      root: this.root,
      workingDirectory: this.here(),
      // An absolute path means one in the image.
      environment: Object.fromEntries(
        Object.entries(this.environment).map(([name, value]) => [
          name,
          value.startsWith('/') ? this.at(value) : value,
        ]),
      ),
      labels,
      user,
      volumes,
      ports,
      stopSignal,
      command,
      healthcheck,
    };
  }

  private here(): string {
    return this.at(this.directory);
  }

  /** A path of the image as one of this machine. */
  private at(file: string): string {
    return path.join(this.root, path.posix.resolve(this.directory, file));
  }

  private copy(flags: Readonly<Record<string, string>>, [...sources]: string[]): void {
    const target = sources.pop() ?? '';
    const owner = flags.chown === undefined ? null : this.options.owner;
    const into = target.endsWith('/') || sources.length > 1;
    for (const source of sources) {
      if (flags.from === undefined) this.copyContext(source, target, into);
      else this.copyStage(flags.from, source, this.at(target), owner);
    }
  }

  /** A file keeps its name where the target is a directory; of a directory the content is copied. */
  private copyContext(source: string, target: string, into: boolean): void {
    const { context } = this.options;
    const rules = new IgnoreRules(readFileSync(path.join(context, '.dockerignore'), 'utf8'));
    const wanted = path.posix.normalize(source);
    const all = contextFiles(context, rules);
    const files = all.filter(
      (file) => wanted === '.' || file === wanted || file.startsWith(`${wanted}/`),
    );
    if (files.length === 0) throw new Error(`COPY ${source}: nothing of this name in the context`);
    for (const file of files) {
      const below = path.posix.relative(wanted, file);
      const named = below === '' ? (into ? path.posix.basename(file) : '') : below;
      copyTree(path.join(context, file), path.join(this.at(target), named));
    }
  }

  private copyStage(name: string, source: string, target: string, owner: User | null): void {
    const from = this.built.get(name);
    if (from === undefined) throw new Error(`COPY --from=${name}: no such stage before`);
    // What is given away must not be the very file of the other stage.
    copyTree(from.at(source), target, { link: owner === null, owner });
  }

  private run(text: string): void {
    for (const command of text.split('&&').map((each) => each.trim())) {
      if (this.options.instead?.(command, this.here())) continue;
      const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
        cwd: this.here(),
        env: { ...baseEnvironment(), ...this.environment },
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`RUN ${command}: ${status}\n${stdout}${stderr}`);
    }
  }
}

/** What is there in every container, and what reaches the registry from here. */
export function baseEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => /^(npm_config_|https?_proxy$|no_proxy$)/i.test(name) || name === 'HOME',
  );
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PATH: `${path.dirname(process.execPath)}:${process.env.PATH ?? ''}`,
  };
}
