import { createIds, newId } from './ids.js';

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('ids', () => {
  it('are UUIDs v7 of the time', () => {
    const before = Date.now();
    const id = newId();
    expect(id).toMatch(FORM);
    const time = parseInt(id.replace('-', '').slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now() + 1);
  });

  it('are distinct and rise, within a millisecond and when the clock is set back', () => {
    const times = [1_000, 1_000, 999, 1_001, 5, 2_000];
    let calls = 0;
    const next = createIds(
      () => times[Math.floor(calls++ / 500) % times.length]!,
      (bytes) => bytes.fill(calls & 0xff),
    );
    const ids = Array.from({ length: 3_000 }, next);
    expect(ids.every((id) => FORM.test(id))).toBe(true);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('rise where the counter of a millisecond is full', () => {
    // The greatest random start, counted on by hand: the counter would need 2^31 ids.
    const next = createIds(
      () => 1_000,
      (bytes) => bytes.fill(0xff),
    );
    const ids = [next(), next()];
    expect(ids[0]!.slice(0, 23)).toBe('00000000-03e8-77ff-bfff');
    expect(ids[1]! > ids[0]!).toBe(true);
  });

  it('take their random bytes from a pool that is drawn anew when it is used up', () => {
    let draws = 0;
    const next = createIds(Date.now, () => (draws += 1));
    for (let i = 0; i < 257; i++) next();
    expect(draws).toBe(2);
  });
});
