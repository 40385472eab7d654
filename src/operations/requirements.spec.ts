/** What the documentation says is shown by a test, is the name of one. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const DOCS = path.resolve('docs');
const LINK = /\[([^\]]+)\]\((\.\.\/[^)]+spec\.ts)\)/g;

describe.each([
  ['security.md', 'S', 35],
  ['reliability.md', 'R', 25],
])('docs/%s', (page, letter, last) => {
  const text = readFileSync(path.join(DOCS, page), 'utf8');
  const rows = text.split('\n').flatMap((line) => {
    const number = /^\| ([SR]\d+) /.exec(line)?.[1];
    return number === undefined ? [] : [{ number, line }];
  });
  const tests = [...text.matchAll(LINK)].map(([, name = '', file = '']) => ({ name, file }));

  it('has every requirement once, in order', () => {
    const numbers = Array.from({ length: last }, (_, i) => `${letter}${i + 1}`);
    expect(rows.map(({ number }) => number)).toEqual(numbers);
  });

  it('has for each a test, or says why there is none', () => {
    const silent = rows.filter(({ line }) => {
      const shownBy = line.split('|').at(-2)?.trim() ?? '';
      return shownBy.length < 20;
    });
    expect(silent).toEqual([]);
  });

  it('names tests that exist', () => {
    expect(tests.length).toBeGreaterThan(last / 2);
    const sources = new Map<string, string>();
    const missing = tests.filter(({ name, file }) => {
      const source = sources.get(file) ?? readFileSync(path.join(DOCS, file), 'utf8');
      sources.set(file, source);
      return !["'", '"', '`'].some((quote) => source.includes(quote + name + quote));
    });
    expect(missing).toEqual([]);
  });
});
