import fc from 'fast-check';
import { JsonNumber, type JsonObject } from './json.js';
import { readJson } from './read-json.js';

const read = (text: string) => readJson(Buffer.from(text));
const code = (text: string) => {
  const reading = read(text);
  return reading.ok ? null : reading.code;
};
const valueOf = (text: string): JsonObject => {
  const reading = read(text);
  if (!reading.ok) throw new Error(`${reading.code}: ${text}`);
  return reading.value;
};

/** The same as JSON.parse would have it: numbers as doubles. */
const asDoubles = (value: unknown): unknown => {
  if (value instanceof JsonNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(asDoubles);
  if (typeof value !== 'object' || value === null) return value;
  // fromEntries defines own properties, __proto__ included, as JSON.parse does.
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, asDoubles(v)]));
};

describe('readJson', () => {
  it.each([
    ['invalid_json', ''],
    ['invalid_json', ' '],
    ['invalid_json', '{"a":1'],
    ['invalid_json', '{"a":01}'],
    ['invalid_json', "{'a':1}"],
    ['invalid_json', '{"a":1,}'],
    ['invalid_json', '{"a":NaN}'],
    ['invalid_json', '{"a":"\n"}'],
    ['invalid_json', '{"a":"\\x"}'],
    ['invalid_json', '{} {}'],
    ['invalid_json', '\ufeff{}'],
    ['invalid_json', '\u00a0{}'],
    ['not_object', '[]'],
    ['not_object', 'null'],
    ['not_object', '1'],
    ['not_object', '"x"'],
    ['duplicate_key', '{"a":1,"a":1}'],
    ['number_out_of_range', '{"a":1e400}'],
    ['json_too_deep', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`],
    ['json_too_deep', `{${'"a":{'.repeat(100_000)}`],
    ['too_many_keys', `{${Array.from({ length: 60_000 }, (_, i) => `"${i}":0`).join()}}`],
  ])('says %s of text %#', (expected, text) => {
    expect(code(text)).toBe(expected);
  });

  it.each([
    ['a stray byte', Buffer.from([0x7b, 0xff, 0x7d])],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0x80, 0x22])],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['UTF-16', Buffer.from('{"a":"é"}', 'utf16le').subarray(0, 15)],
  ])('refuses %s as invalid_utf8', (_, body) => {
    expect(readJson(body)).toEqual({ ok: false, code: 'invalid_utf8' });
  });

  it('keeps every digit of a number', () => {
    const text = '{"a":9007199254740993,"b":10.000,"c":-0,"d":1E+2,"e":0.1000000000000000000001}';
    const numbers = Object.values(valueOf(text)).map((n) => (n as JsonNumber).text);
    expect(numbers).toEqual([
      '9007199254740993',
      '10.000',
      '-0',
      '1E+2',
      '0.1000000000000000000001',
    ]);
  });

  it('accepts NUL and lone surrogates in strings', () => {
    expect(valueOf('{"a":"\\u0000","b":"\\ud800","\\u0000":"\\udc00\\ud83d\\ude00"}')).toEqual({
      a: '\0',
      b: '\ud800',
      '\0': '\udc00😀',
    });
  });

  it('changes no prototype, whatever the keys', () => {
    const text =
      '{"__proto__":{"type":"x"},"constructor":{"prototype":{"type":"x"}},"a":{"__proto__":null}}';
    const value = valueOf(text);
    expect(value['type']).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(value['a'])).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'a']);
    expect(({} as Record<string, unknown>)['type']).toBeUndefined();
    expect(asDoubles(value)).toEqual(JSON.parse(text));
  });

  describe('against JSON.parse', () => {
    const key = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a', 'b', '__proto__', '1'),
    );
    const json = fc.dictionary(key, fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }));
    const spaced = fc
      .tuple(json, fc.constantFrom('', ' ', '\t', '  '))
      .map(([value, space]) => JSON.stringify(value, null, space));

    it('reads what was written', () => {
      fc.assert(
        fc.property(spaced, (text) => {
          expect(asDoubles(valueOf(text))).toEqual(JSON.parse(text));
        }),
        { numRuns: 500 },
      );
    });

    it('accepts exactly what JSON.parse accepts, of mutated JSON too', () => {
      const mutation = fc.tuple(
        fc.nat(),
        fc.nat(3),
        fc.constantFrom(...'{}[]",:0123456789.eE+-\\/ubtn \n\t\0', 'true', 'null', '\u2028', 'é'),
      );
      let valid = 0;
      let invalid = 0;
      fc.assert(
        fc.property(
          spaced,
          fc.array(mutation, { minLength: 1, maxLength: 3 }),
          (start, mutations) => {
            const text = mutations.reduce((s, [place, removed, inserted]) => {
              const at = place % (s.length + 1);
              return s.slice(0, at) + inserted + s.slice(at + removed);
            }, start);
            // A lone half of a pair would become U+FFFD as bytes; compare what the bytes say.
            const bytes = Buffer.from(text);
            let expected: unknown;
            try {
              expected = JSON.parse(bytes.toString());
            } catch {
              invalid++;
              expect(readJson(bytes).ok).toBe(false);
              return;
            }
            const reading = readJson(bytes);
            if (reading.ok) {
              valid++;
              expect(asDoubles(reading.value)).toEqual(expected);
            } else {
              expect(['not_object', 'duplicate_key', 'number_out_of_range']).toContain(
                reading.code,
              );
            }
          },
        ),
        { numRuns: 3000 },
      );
      expect(Math.min(valid, invalid)).toBeGreaterThan(300);
    });

    it('finds duplicate keys exactly where there are some, however escaped', () => {
      const name = fc.constantFrom('a', 'b', 'c', 'd', '"', '\\', 'é', '😀', '');
      const escaped = (s: string) =>
        `"${[...s]
          .flatMap((c) => c.split(''))
          .map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join('')}"`;
      const entry = fc.tuple(name, fc.boolean());
      fc.assert(
        fc.property(
          fc.array(entry, { maxLength: 5 }),
          fc.array(entry, { maxLength: 5 }),
          (a, b) => {
            const object = (entries: [string, boolean][], last: string) =>
              `{${entries
                .map(([k, raw]) => `${raw ? JSON.stringify(k) : escaped(k)}:0`)
                .concat(last)
                .join()}}`;
            const text = object(a, `"inner":${object(b, '"end":[{"a":"a"},{"a":0}]')}`);
            const twice = (entries: [string, boolean][]) =>
              new Set(entries.map(([k]) => k)).size < entries.length;
            expect(code(text)).toBe(twice(a) || twice(b) ? 'duplicate_key' : null);
          },
        ),
        { numRuns: 1000 },
      );
    });

    it('never throws, whatever the bytes', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
          expect(typeof readJson(Buffer.from(bytes)).ok).toBe('boolean');
        }),
        { numRuns: 1000 },
      );
    });
  });
});
