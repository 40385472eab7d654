/**
 * The settings of whoever runs the tests do not reach them. scripts/test.mjs does the same before
 * Jest starts; this is for Jest started by itself, and reads the same list.
 */
import fc from 'fast-check';
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

// A change of the code that a property notices is noticed: to look for its least example takes longer
// than `npm run test:mutation` waits, which then says "timed out" and not by what.
if (process.env.MUTATION_PART !== undefined) fc.configureGlobal({ endOnFailure: true });
