/** What `COPY` takes from the repository: everything but what .dockerignore names. */
import { readdirSync } from 'node:fs';
import path from 'node:path';

interface Pattern {
  readonly includes: boolean;
  readonly text: string;
}

/** Whether a path, relative to the context, is left out. As in Docker the last pattern that meets it decides. */
export class IgnoreRules {
  private readonly patterns: readonly (Pattern & { readonly matches: RegExp })[];

  constructor(dockerignore: string) {
    this.patterns = dockerignore
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const includes = line.startsWith('!');
        const text = path.posix.normalize(line.slice(includes ? 1 : 0)).replace(/\/$/, '');
        return { includes, text, matches: toRegExp(text) };
      });
  }

  ignores(file: string): boolean {
    // A pattern meets what it names, and all below it.
    const parts = file.split('/');
    const parents = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    const last = this.patterns.findLast(({ matches }) =>
      parents.some((each) => matches.test(each)),
    );
    return last !== undefined && !last.includes;
  }

  /** Whether something below an ignored directory may be taken all the same. */
  reenters(directory: string): boolean {
    return this.patterns.some(
      ({ includes, text }) => includes && (text.startsWith(`${directory}/`) || text.includes('*')),
    );
  }
}

/** All files of a context that are not ignored, with slashes, sorted. */
export function contextFiles(root: string, rules: IgnoreRules, below = ''): string[] {
  const entries = readdirSync(path.join(root, below), { withFileTypes: true });
  return entries
    .flatMap((entry) => {
      const file = below === '' ? entry.name : `${below}/${entry.name}`;
      const ignored = rules.ignores(file);
      if (entry.isDirectory()) {
        return ignored && !rules.reenters(file) ? [] : contextFiles(root, rules, file);
      }
      return ignored ? [] : [file];
    })
    .sort();
}

/** Go's filepath.Match, and `**` for any number of directories. */
function toRegExp(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('**/', '\0')
    .replaceAll('**', '\x01')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('\0', '(?:.*/)?')
    .replaceAll('\x01', '.*');
  return new RegExp(`^${source}$`);
}
