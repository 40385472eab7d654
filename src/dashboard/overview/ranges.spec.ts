import { createIds } from '../../operations/ids.js';
import { firstIdAt } from './ranges.js';

it.each([0, 0xff])('is the least id of its millisecond, and greater than all of before', (byte) => {
  const at = Date.UTC(2026, 10, 24, 10, 7);
  const idAt = (now: number) =>
    createIds(
      () => now,
      (bytes) => bytes.fill(byte),
    )();
  const first = firstIdAt(new Date(at));
  expect(idAt(at - 1) < first).toBe(true);
  expect(first <= idAt(at)).toBe(true);
});
