import { readFileSync } from 'node:fs';

/** What `npm start` becomes once everything is built: node, its flags and the program. */
export function startCommand(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start.split(' exec ').at(-1)?.split(' ') ?? [];
}
