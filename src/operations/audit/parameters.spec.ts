import { keptParameters } from './parameters.js';

describe('keptParameters', () => {
  it('keeps plain values of the names on the list, from every place', () => {
    const query = { dryRun: 'true', token: 'secret' };
    const body = { source: ['a', 'b'], limit: 3, none: null, secret: 'secret' };
    expect(keptParameters(['dryRun', 'source', 'limit', 'none'], query, body)).toEqual({
      dryRun: 'true',
      source: ['a', 'b'],
      limit: 3,
      none: null,
    });
  });

  it('names the type of what is not plain, so that nothing hides in it', () => {
    const body = { a: { secret: 'x' }, b: [{ secret: 'x' }, ['x']] };
    expect(keptParameters(['a', 'b'], body)).toEqual({ a: 'object', b: ['object', 'object'] });
  });

  it.each([undefined, null, 'text', 1, []])('finds nothing in %j', (place) => {
    expect(keptParameters(['length', 'a'], place)).toEqual({});
  });

  it('cuts what is long, and leaves out what Postgres cannot keep', () => {
    const body = { a: 'x'.repeat(1000), b: '\0\ud800', c: Array.from({ length: 500 }, () => 1) };
    const kept = keptParameters(['a', 'b', 'c'], body) as Record<string, { length: number }>;
    expect(kept['a']).toHaveLength(300);
    expect(kept['b']).toBe('\ufffd');
    expect(kept['c']).toHaveLength(100);
  });
});
