import fc from 'fast-check';
import { stringifyJson } from './stringify-json.js';

describe('stringifyJson', () => {
  it('writes bigints as exact integers', () => {
    expect(stringifyJson({ a: 9007199254740993n, b: [0n, -1n], c: 10n ** 37n })).toBe(
      `{"a":9007199254740993,"b":[0,-1],"c":1${'0'.repeat(37)}}`,
    );
  });

  it('writes dates in UTC with milliseconds and leaves undefined fields out', () => {
    expect(stringifyJson({ at: new Date(0), none: undefined, null: null, list: [undefined] })).toBe(
      '{"at":"1970-01-01T00:00:00.000Z","null":null,"list":[null]}',
    );
    expect(stringifyJson(undefined)).toBe('null');
  });

  it('agrees with JSON.stringify where that can', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        expect(stringifyJson(value)).toBe(JSON.stringify(value));
      }),
    );
  });
});
