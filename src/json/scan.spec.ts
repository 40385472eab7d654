import { MAX_DEPTH, MAX_KEYS, scanJson } from './scan.js';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const withKeys = (count: number) =>
  `{${Array.from({ length: count }, (_, i) => `"k${i}":0`).join()}}`;

describe('scanJson', () => {
  it(`allows ${MAX_DEPTH} levels and no more`, () => {
    expect(scanJson(nested(MAX_DEPTH))).toBeNull();
    expect(scanJson(nested(MAX_DEPTH + 1))).toBe('json_too_deep');
    expect(scanJson('{"a":'.repeat(MAX_DEPTH + 1))).toBe('json_too_deep');
    expect(scanJson(`[${`${nested(MAX_DEPTH - 1)},`.repeat(3)}0]`)).toBeNull();
  });

  it('ends at the first excess', () => {
    expect(scanJson(`${'['.repeat(MAX_DEPTH + 1)}1e400`)).toBe('json_too_deep');
    expect(scanJson(`[1e400${'['.repeat(MAX_DEPTH + 1)}`)).toBe('number_out_of_range');
    expect(scanJson('{"a":1,"a":1e400}')).toBe('duplicate_key');
  });

  it(`allows ${MAX_KEYS} keys in a body, over all its objects, and no more`, () => {
    expect(scanJson(withKeys(MAX_KEYS))).toBeNull();
    expect(scanJson(withKeys(MAX_KEYS + 1))).toBe('too_many_keys');
    const half = withKeys(MAX_KEYS / 2);
    expect(scanJson(`[${half},${half}]`)).toBeNull();
    expect(scanJson(`[${half},${half},{"one":1}]`)).toBe('too_many_keys');
  });

  it.each([
    ['{"a":1,"a":1}'],
    ['{"a":1,"\\u0061":2}'],
    ['{"\\"":1,"\\u0022":2}'],
    ['{"":1,"":2}'],
    ['{"a" :1, "b":{"a":1} , "a"\t\n\r :3}'],
    ['{"x":[{"y":{"__proto__":1,"__proto__":2}}]}'],
    ['{"a":{},"a":{}}'],
  ])('finds the key that stands twice in one object: %s', (text) => {
    expect(scanJson(text)).toBe('duplicate_key');
  });

  it.each([
    ['{"a":{"a":{"a":1}}}'],
    ['[{"a":1},{"a":1}]'],
    ['{"a":"a","b":"a","c":["a","a"]}'],
    ['{"a":"\\"a\\":1,\\"a\\":2"}'],
    ['{"a":1,"A":1,"a ":1,"\\\\u0061":1}'],
  ])('is not misled by %s', (text) => {
    expect(scanJson(text)).toBeNull();
  });

  it.each([
    ['1e309'],
    ['-1e400'],
    ['1E+400'],
    ['9'.repeat(309)],
    [`1${'0'.repeat(309)}`],
    [`{"a":[0,${'1'.repeat(1000)}.5]}`],
  ])('finds the number that no double can hold: %#', (text) => {
    expect(scanJson(text)).toBe('number_out_of_range');
  });

  it.each([
    ['1e308'],
    ['1e-400'],
    ['0e99999'],
    [`0.${'0'.repeat(400)}1`],
    [`0.${'9'.repeat(400)}`],
    [`1e-${'9'.repeat(400)}`],
    ['9'.repeat(308)],
    ['9007199254740993'],
    ['"1e400"'],
    ['{"1e400":0}'],
  ])('lets the number pass: %#', (text) => {
    expect(scanJson(text)).toBeNull();
  });

  it.each([
    [''],
    ['"'],
    ['"\\'],
    ['["a":1,"a":2]'],
    ['{"a'],
    ['{"\\u00":1'],
    ['}]}'],
    ['-'],
    ['{"a":1}}}"b":1'],
  ])('leaves what is no JSON to the parser: %s', (text) => {
    expect(scanJson(text)).toBeNull();
  });
});
