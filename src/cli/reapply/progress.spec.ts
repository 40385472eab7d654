import { createProgress, progressLine } from './progress.js';

describe('the progress', () => {
  let now: number;
  let written: string;
  const progress = (terminal: boolean) =>
    createProgress(
      'events',
      terminal,
      (text) => (written += text),
      () => now,
    );

  beforeEach(() => {
    now = 5_000;
    written = '';
  });

  it('is one line on a terminal, which makes room for other output', () => {
    const { update, clear } = progress(true);
    clear();
    now += 99;
    update(1, 10);
    expect(written).toBe('');
    now += 1;
    update(2, 10);
    now += 100;
    update(4, 10);
    clear();
    clear();
    const erase = '\r\u001b[2K';
    expect(written).toBe(
      `${erase}2 of 10 events, 20/s, 1 s left${erase}4 of 10 events, 20/s, 1 s left${erase}`,
    );
  });

  it('is a line every ten seconds elsewhere', () => {
    const { update, clear } = progress(false);
    for (let second = 1; second <= 25; second += 1) {
      now += 1_000;
      update(second, null);
    }
    clear();
    expect(written).toBe('10 events, 1.0/s\n20 events, 1.0/s\n');
  });

  it.each([
    [0, 100, 1_000, '0 of 100 events, 0.0/s'],
    [50_000, 1_000_000, 100_000, '50000 of 1000000 events, 500/s, 32 min left'],
    [1, 10_000, 1_000, '1 of 10000 events, 1.0/s, 2 h 47 min left'],
    [100, 100, 1_000, '100 of 100 events, 100/s'],
    [120, 100, 1_000, '120 of 100 events, 120/s'],
  ])('after %d of %d in %d ms: %s', (done, total, milliseconds, line) => {
    expect(progressLine('events', done, total, milliseconds)).toBe(line);
  });
});
