/** Results go into docs/performance.md, each between its markers. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import prettier from 'prettier';
import { ROOT } from '../environment/paths.mjs';

const DOCS = path.join(ROOT, 'docs');
const PAGE = path.join(DOCS, 'performance.md');

/**
 * @param {string} mode
 * @param {{ text: string, files?: Record<string, string> }} outcome
 * @param {string[]} machine
 */
export async function writeDocs(mode, { text, files = {} }, machine) {
  const page = await readFile(PAGE, 'utf8');
  const begin = `<!-- bench:${mode} -->`;
  const end = `<!-- /bench:${mode} -->`;
  const [before, rest] = split(page, begin);
  const [, after] = split(rest, end);
  const block = `${text}\n\n${machine.map((line) => `- ${line}`).join('\n')}`;
  const written = `${before}${begin}\n\n${block}\n\n${end}${after}`;
  const style = await prettier.resolveConfig(PAGE);
  await writeFile(PAGE, await prettier.format(written, { ...style, filepath: PAGE }));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(DOCS, name), content);
  }
}

/** @returns {[string, string]} */
function split(/** @type {string} */ text, /** @type {string} */ marker) {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`docs/performance.md has no ${marker}.`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}
