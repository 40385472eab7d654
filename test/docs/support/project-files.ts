/** The files of the project: what a clone has, and no more. */
import { copyFile, cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Results of a build. `npm start` compares them with the sources, and builds anew what is stale. */
const BUILT = ['dist', 'dashboard/dist'];

/** Paths of all files from the root, without those that .gitignore names; whether or not there is a git. */
export async function projectFiles(): Promise<string[]> {
  const isIgnored = ignored(await readFile(path.join(ROOT, '.gitignore'), 'utf8'));
  const below = async (directory: string): Promise<string[]> => {
    const entries = await readdir(path.join(ROOT, directory), { withFileTypes: true });
    const found = entries.map(async (entry) => {
      const name = path.join(directory, entry.name);
      if (isIgnored(entry.name) || entry.isSymbolicLink()) return [];
      return entry.isDirectory() ? below(name) : [name];
    });
    return (await Promise.all(found)).flat();
  };
  return (await below('.')).sort();
}

/**
 * By the last part of each line, which is enough for this .gitignore: names of files and directories,
 * and endings (*.log).
 */
function ignored(gitignore: string): (name: string) => boolean {
  const lines = gitignore.split('\n').filter((line) => line !== '');
  const names = lines.map((line) => path.basename(line)).concat('.git');
  const endings = names.filter((name) => name.startsWith('*')).map((name) => name.slice(1));
  return (name) => names.includes(name) || endings.some((ending) => name.endsWith(ending));
}

/** Makes of an empty directory what a clone is after `npm ci`, and where this checkout is built, that too. */
export async function copyProject(target: string): Promise<void> {
  for (const file of await projectFiles()) {
    await mkdir(path.dirname(path.join(target, file)), { recursive: true });
    await copyFile(path.join(ROOT, file), path.join(target, file));
  }
  for (const directory of BUILT) {
    await cp(path.join(ROOT, directory), path.join(target, directory), { recursive: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      },
    );
  }
  await symlink(path.join(ROOT, 'node_modules'), path.join(target, 'node_modules'));
}
