import {
  type JsonFault,
  MAX_DEPTH,
  MAX_KEYS,
  parseJson,
  UnreadableJsonError,
} from './parse-json.js';
import { JsonNumber } from './json.js';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const withKeys = (count: number) =>
  `{${Array.from({ length: count }, (_, i) => `"k${i}":0`).join()}}`;

/** The first fault, or null where there is none. */
function faultOf(text: string): JsonFault | null {
  try {
    parseJson(text);
    return null;
  } catch (error) {
    if (error instanceof UnreadableJsonError) return error.code;
    throw error;
  }
}

describe('parseJson', () => {
  it(`allows ${MAX_DEPTH} levels and no more`, () => {
    expect(faultOf(nested(MAX_DEPTH))).toBeNull();
    expect(faultOf(nested(MAX_DEPTH + 1))).toBe('json_too_deep');
    expect(faultOf('{"a":'.repeat(MAX_DEPTH + 1))).toBe('json_too_deep');
    expect(faultOf(`[${`${nested(MAX_DEPTH - 1)},`.repeat(3)}0]`)).toBeNull();
    expect(faultOf(`[${'{"a":{}},'.repeat(MAX_DEPTH)}0]`)).toBeNull();
  });

  it('ends at the first fault', () => {
    expect(faultOf(`${'['.repeat(MAX_DEPTH + 1)}1e400`)).toBe('json_too_deep');
    expect(faultOf(`[1e400${'['.repeat(MAX_DEPTH + 1)}`)).toBe('number_out_of_range');
    expect(faultOf('{"a":1,"a":1e400}')).toBe('duplicate_key');
    expect(faultOf('{"a":x,"a":1}')).toBe('invalid_json');
  });

  it(`allows ${MAX_KEYS} keys in a body, over all its objects, and no more`, () => {
    expect(faultOf(withKeys(MAX_KEYS))).toBeNull();
    expect(faultOf(withKeys(MAX_KEYS + 1))).toBe('too_many_keys');
    const half = withKeys(MAX_KEYS / 2);
    expect(faultOf(`[${half},${half}]`)).toBeNull();
    expect(faultOf(`[${half},${half},{"one":1}]`)).toBe('too_many_keys');
  });

  it.each([
    ['{"a":1,"a":1}'],
    ['{"a":1,"\\u0061":2}'],
    ['{"\\"":1,"\\u0022":2}'],
    ['{"":1,"":2}'],
    ['{"1":1,"1":2}'],
    ['{"a" :1, "b":{"a":1} , "a"\t\n\r :3}'],
    ['{"x":[{"y":{"__proto__":1,"__proto__":2}}]}'],
    ['{"constructor":1,"constructor":2}'],
    ['{"a":{},"a":{}}'],
  ])('finds the key that stands twice in one object: %s', (text) => {
    expect(faultOf(text)).toBe('duplicate_key');
  });

  it.each([
    ['{"a":{"a":{"a":1}}}'],
    ['[{"a":1},{"a":1}]'],
    ['{"a":"a","b":"a","c":["a","a"]}'],
    ['{"a":"\\"a\\":1,\\"a\\":2"}'],
    ['{"a":1,"A":1,"a ":1,"\\\\u0061":1}'],
    ['{"toString":1,"hasOwnProperty":2,"valueOf":3}'],
  ])('is not misled by %s', (text) => {
    expect(faultOf(text)).toBeNull();
  });

  it.each([
    ['1e309'],
    ['-1e400'],
    ['1E+400'],
    ['9'.repeat(309)],
    [`1${'0'.repeat(309)}`],
    [`{"a":[0,${'1'.repeat(1000)}.5]}`],
  ])('finds the number that no double can hold: %#', (text) => {
    expect(faultOf(text)).toBe('number_out_of_range');
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
    ['-0'],
    ['1e5'],
    ['1.5E-7'],
  ])('keeps the number as it is written: %#', (text) => {
    expect(parseJson(text)).toEqual(new JsonNumber(text));
    expect(parseJson(`[ ${text}\n]`)).toEqual([new JsonNumber(text)]);
  });

  it.each([
    ['true', true],
    ['false', false],
    ['null', null],
    ['""', ''],
    ['"1e400"', '1e400'],
    ['"\\u00e9\\n\\\\\\""', 'é\n\\"'],
    [' \t\r\n[ ] ', []],
    ['{ }', {}],
    ['{ "a" : [ true , { "b" : null } ] , "c" : "d" }', { a: [true, { b: null }], c: 'd' }],
    ['["\u007f\u2028"]', ['\u007f\u2028']],
  ])('reads %s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it('keeps a key named __proto__ as any other', () => {
    const value = parseJson('{"__proto__":null}');
    expect(Object.getOwnPropertyDescriptor(value, '__proto__')).toEqual({
      ...{ value: null, configurable: true, enumerable: true, writable: true },
    });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it.each([
    [''],
    [' '],
    ['"'],
    ['"\\'],
    ['"\\"'],
    ['"\\x"'],
    ['"\\u00"'],
    ['"\u001f"'],
    ['"\\u000a\n"'],
    ['["a":1,"a":2]'],
    ['{"a'],
    ['{"a"'],
    ['{"a" 1}'],
    ['{"a",1}'],
    ['{"a":}'],
    ['{"a":1'],
    ['{"a":1 "b":2}'],
    ['{"a":1,}'],
    ['{,}'],
    ['{a:1}'],
    ['{1:1}'],
    ['{"\\u00":1'],
    ['['],
    ['[1'],
    ['[1 2]'],
    ['[1:2]'],
    ['[1,]'],
    ['[,]'],
    ['[1}'],
    ['{"a":1]'],
    ['}]}'],
    ['{"a":1}}}"b":1'],
    ['1 2'],
    ['[]\u0000'],
    ['-'],
    ['+1'],
    ['01'],
    ['-01'],
    ['.5'],
    ['1.'],
    ['1.e5'],
    ['1e'],
    ['1e+'],
    ['1e-x'],
    ['0x10'],
    ['1/2'],
    ['1:2'],
    ['NaN'],
    ['Infinity'],
    ['tru'],
    ['truer'],
    ['True'],
    ['nul'],
    ['falsy'],
    ['\u00a01'],
    ['\v1'],
    ['\ufeff1'],
  ])('refuses what is no JSON: %j', (text) => {
    expect(faultOf(text)).toBe('invalid_json');
  });
});
