/** What `npm ci` would install, taken from the node_modules of this checkout: in a second and not in two minutes. */
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { copyTree } from './copy-tree.js';

interface Locked {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/**
 * Stands for `npm ci` and `npm rebuild` of a RUN step.
 * @returns false for any other command
 */
export function installFromHere(command: string, directory: string): boolean {
  if (command.startsWith('npm rebuild ')) return true; // npm has done it here
  if (!command.startsWith('npm ci ')) return false;
  const target = path.join(directory, 'node_modules');
  if (!command.includes('--omit=')) {
    symlinkSync(path.resolve('node_modules'), target);
    return true;
  }
  if (!command.includes('--omit=dev --omit=optional ')) throw new Error(`not known: ${command}`);
  const root = path.resolve('node_modules');
  const isNested = (source: string) => path.basename(source) === 'node_modules';
  for (const name of requiredPackages()) {
    const to = path.join(target, name);
    mkdirSync(to, { recursive: true });
    copyTree(path.join(root, name), to, { link: true, skip: isNested });
  }
  return true;
}

/** Paths below node_modules of what the lock file has neither for development nor as optional. */
function requiredPackages(): string[] {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, Locked>;
  };
  return Object.entries(lock.packages)
    .filter(([file, { dev, optional, devOptional }]) => {
      return file !== '' && !dev && !optional && !devOptional && existsSync(file);
    })
    .map(([file]) => path.relative('node_modules', file));
}
