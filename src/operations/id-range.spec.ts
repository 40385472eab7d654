import { createIds } from './ids.js';
import { firstIdAt, GREATEST_ID, LEAST_ID, timeOfId } from './id-range.js';

const TIME = new Date('2026-05-06T07:08:09.123Z');
const idAt = (time: number, byte = 0xff) =>
  createIds(
    () => time,
    (bytes) => bytes.fill(byte),
  )();

describe('the first id of a time', () => {
  it.each([0, 0xff])('is the least of its millisecond, and greater than all of before', (byte) => {
    expect(firstIdAt(TIME) <= idAt(TIME.getTime(), byte)).toBe(true);
    expect(firstIdAt(TIME) > idAt(TIME.getTime() - 1, byte)).toBe(true);
  });

  it('is an id for a time before there were ids', () => {
    expect(firstIdAt(new Date('1900-01-01'))).toBe('00000000-0000-7000-8000-000000000000');
  });
});

it('the time of an id is when it was made', () => {
  expect(timeOfId(idAt(TIME.getTime()))).toEqual(TIME);
  expect(timeOfId(firstIdAt(TIME))).toEqual(TIME);
});

it('all ids are between the least and the greatest', () => {
  expect(LEAST_ID < firstIdAt(new Date(0))).toBe(true);
  expect(GREATEST_ID > idAt(2 ** 48 - 1)).toBe(true);
});
