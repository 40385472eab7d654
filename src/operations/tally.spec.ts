import { Logger } from '@nestjs/common';
import { Tally } from './tally.js';

// A counting that fails is logged.
beforeAll(() => {
  Logger.overrideLogger(false);
});

/** A counting that ends when it is told to, and a clock that is set by hand. */
function underTest() {
  const ends: { resolve(value: number): void; reject(error: Error): void }[] = [];
  const clock = { now: 0 };
  const tally = new Tally<number>(
    'things',
    () => new Promise((resolve, reject) => ends.push({ resolve, reject })),
    () => clock.now,
  );
  return { tally, ends, clock };
}

const LONG = 10_000;

it('gives what was counted, with the time at which that began', async () => {
  const { tally, ends } = underTest();
  const before = Date.now();
  const reading = tally.read(LONG);
  ends[0]!.resolve(3);
  const counted = await reading;
  expect(counted!.value).toBe(3);
  expect(counted!.asOf.getTime()).toBeGreaterThanOrEqual(before);
});

it('does not wait longer than it is told, and gives null before the first count', async () => {
  const { tally, ends } = underTest();
  expect(await tally.read(1)).toBeNull();
  expect(await tally.read(1)).toBeNull();
  expect(ends).toHaveLength(1);
  ends[0]!.resolve(3);
  expect(await tally.read(LONG)).toMatchObject({ value: 3 });
});

it('is never counted twice at once, and what was counted before is given meanwhile', async () => {
  const { tally, ends, clock } = underTest();
  const first = tally.read(LONG);
  ends[0]!.resolve(1);
  await first;
  clock.now = 2_000;
  expect(await Promise.all([tally.read(1), tally.read(1)])).toMatchObject([
    { value: 1 },
    { value: 1 },
  ]);
  expect(ends).toHaveLength(2);
});

it.each([
  { took: 10, pause: 2_000 },
  { took: 1_000, pause: 9_000 },
])('rests $pause ms after a counting of $took ms', async ({ took, pause }) => {
  const { tally, ends, clock } = underTest();
  const reading = tally.read(LONG);
  clock.now = took;
  ends[0]!.resolve(1);
  await reading;
  clock.now = took + pause - 1;
  await tally.read(LONG);
  expect(ends).toHaveLength(1);
  clock.now = took + pause;
  await tally.read(1);
  expect(ends).toHaveLength(2);
});

it('keeps what was counted before where a counting fails, and counts again after the rest', async () => {
  const { tally, ends, clock } = underTest();
  const first = tally.read(LONG);
  ends[0]!.resolve(1);
  await first;
  clock.now = 2_000;
  const second = tally.read(LONG);
  ends[1]!.reject(new Error('the database is away'));
  expect(await second).toMatchObject({ value: 1 });
  clock.now = 4_000;
  const third = tally.read(LONG);
  ends[2]!.resolve(2);
  expect(await third).toMatchObject({ value: 2 });
});
