import {
  chownSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface CopyOptions {
  /** Files are linked where that is possible: for large ones that nobody writes to. */
  readonly link?: boolean;
  /** To whom the copies belong. */
  readonly owner?: User | null;
  /** Absolute paths that are left out. */
  readonly skip?: (source: string) => boolean;
}

/** Copies a file, or what is in a directory into another; symbolic links below stay what they are. */
export function copyTree(from: string, to: string, options: CopyOptions = {}): void {
  if (lstatSync(from).isDirectory() || isDirectoryLink(from)) copyDirectory(from, to, options);
  else copyFile(from, to, options);
}

function copyDirectory(from: string, to: string, options: CopyOptions): void {
  mkdirSync(to, { recursive: true });
  give(to, options);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (options.skip?.(source)) continue;
    if (entry.isDirectory()) copyDirectory(source, target, options);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else copyFile(source, target, options);
  }
}

function copyFile(from: string, to: string, options: CopyOptions): void {
  mkdirSync(path.dirname(to), { recursive: true });
  if (options.link !== true || !tryLink(from, to)) copyFileSync(from, to);
  give(to, options);
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    // Another file system, or one that has no links. What is there already is not written over: it may be a link.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    return false;
  }
}

function give(file: string, { owner }: CopyOptions): void {
  if (owner) chownSync(file, owner.uid, owner.gid);
}

/** What is copied itself is looked at through a link: a stage may have linked its node_modules. */
function isDirectoryLink(file: string): boolean {
  if (!lstatSync(file).isSymbolicLink()) return false;
  try {
    readdirSync(file);
    return true;
  } catch {
    return false;
  }
}
