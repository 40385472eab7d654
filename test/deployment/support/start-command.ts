import { readFileSync } from 'node:fs';

/** The variables that `npm start` sets for it. */
export function startEnvironment(): Record<string, string> {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    scripts: { start: string };
  };
  const assignments = scripts.start.split(' && ').at(-1)?.split('exec ')[0]?.trim() ?? '';
  return Object.fromEntries(
    assignments.split(' ').map((one) => one.split('=') as [string, string]),
  );
}

/** What `npm start` becomes once everything is built: node, its flags and the program. */
export function startCommand(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start.split(' exec ').at(-1)?.split(' ') ?? [];
}
