/**
 * The settings of whoever runs the tests do not reach them. scripts/test.mjs does the same before
 * Jest starts; this is for Jest started by itself, and reads the same list.
 */
import { readFileSync } from 'node:fs';

interface ServiceVariables {
  readonly names: readonly string[];
  readonly prefixes: readonly string[];
  readonly suffixes: readonly string[];
}

const file = new URL('./service-variables.json', import.meta.url);
const { names, prefixes, suffixes } = JSON.parse(readFileSync(file, 'utf8')) as ServiceVariables;

for (const variable of Object.keys(process.env)) {
  const name = variable.replace(/_FILE$/, '');
  const isService =
    names.includes(name) ||
    prefixes.some((prefix) => name.startsWith(prefix)) ||
    suffixes.some((suffix) => name.endsWith(suffix));
  if (isService) delete process.env[variable];
}
