import { PassThrough, Writable } from 'node:stream';
import { type ReapplyStep } from '../../events/replay/replay.service.js';
import { parseReproject, type ReapplyCommand } from './options.js';
import { ReaderGoneError, writerTo } from './output.js';
import { runToEnd, type Work } from './run.js';
import { type StopSignal } from './stop.js';

const id = (n: number) => `019ab000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** A batch of ten, of which one payment changes. */
function step(n: number): ReapplyStep {
  const difference = { field: 'amountCaptured', from: 10n ** 20n, to: BigInt(n) } as const;
  return {
    summary: {
      matched: 10,
      applied: 1,
      ignored: 0,
      quarantined: 0,
      unchanged: 9,
      changedPayments: 1,
    },
    differences: [{ paymentId: id(n), version: 2, mergedInto: null, differences: [difference] }],
    last: id(n),
  };
}

describe('runToEnd', () => {
  let out: string;
  let err: string;
  let updates: [done: number, total: number | null][];
  let stop: { signal: StopSignal | null };

  beforeEach(() => {
    out = '';
    err = '';
    updates = [];
    stop = { signal: null };
  });

  const run = (work: Partial<Work>, ...args: string[]) =>
    runToEnd(
      { steps: steps(3), count: () => Promise.resolve(30), ...work },
      parseReproject(args) as ReapplyCommand,
      {
        out: (text) => Promise.resolve(void (out += text)),
        err: (text) => (err += text),
        progress: {
          update: (done, total) => updates.push([done, total]),
          clear: () => undefined,
        },
        stop,
      },
    );

  async function* steps(count: number, before: (n: number) => void = () => undefined) {
    for (let n = 1; n <= count; n += 1) {
      await Promise.resolve();
      before(n);
      yield step(n);
    }
  }

  const TOTALS = '{"matched":30,"applied":3,"ignored":0,"quarantined":0,"unchanged":27,';

  it('adds up all batches', async () => {
    expect(await run({}, '--json')).toBe(0);
    expect({ out, err }).toEqual({ out: `${TOTALS}"changedPayments":3}\n`, err: '' });
    expect(updates).toEqual([
      [10, 30],
      [20, 30],
      [30, 30],
    ]);
  });

  it('goes on while the count is not there, or never comes', async () => {
    expect(await run({ count: () => Promise.reject(new Error('timeout')) })).toBe(0);
    expect(updates.at(-1)).toEqual([30, null]);
    expect(out).toMatch(/^matched {11}30\n/);
  });

  it('shows differences as they come and then the counts', async () => {
    const seen: string[] = [];
    const code = await run({ steps: steps(2, () => seen.push(out)) }, '--dry-run');
    expect(code).toBe(0);
    expect(seen[1]).toContain(`payment ${id(1)}, version 2\n  amountCaptured `);
    expect(out).toMatch(new RegExp(`payment ${id(2)}.*\\n.*\\nmatched {11}20\\n`));
  });

  it('as JSON has payments alone among its lines in a dry run', async () => {
    await run({ steps: steps(2) }, '--dry-run', '--json');
    expect(out.split('\n')).toEqual([
      `{"paymentId":"${id(1)}","version":2,"mergedInto":null,"differences":[{"field":"amountCaptured","from":100000000000000000000,"to":1}]}`,
      expect.stringContaining(id(2)),
      '',
    ]);
    expect(err).toContain('matched           20\n');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('finishes the batch in hand at %s and says how to go on', async (signal, code) => {
    const work = { steps: steps(3, (n) => (stop.signal = n === 2 ? signal : null)) };
    expect(await run(work, '--json', '--notify')).toBe(code);
    expect(out).toContain('{"matched":20,');
    expect(err).toBe(
      `Stopped by ${signal}. It got as far as ${id(2)}. To go on:\n` +
        `  npm run reproject -- --json --notify --after ${id(2)}\n`,
    );
  });

  it('begins nothing when it is stopped before', async () => {
    stop.signal = 'SIGTERM';
    const fail = () => {
      throw new Error('it began');
    };
    expect(await run({ steps: steps(1, fail), count: fail })).toBe(143);
    expect(err).toBe(
      'Stopped by SIGTERM. It had done nothing. To go on:\n  npm run reproject --\n',
    );
  });

  it('says of a failure how far it got', async () => {
    const lost = () => {
      throw new Error('Connection terminated unexpectedly');
    };
    const failing = { steps: steps(3, (n) => n === 3 && lost()) };
    await expect(run(failing, '--json')).rejects.toThrow(
      'The database is away or did not answer in time (Connection terminated unexpectedly). It got ' +
        `as far as ${id(2)}. To go on:\n  npm run reproject -- --json --after ${id(2)}`,
    );
    expect(out).toContain('{"matched":20,');
  });

  it('keeps the place of the run before when the first batch fails', async () => {
    const fail = () => {
      throw new Error('a ref to be moved\n  is not stored.');
    };
    await expect(run({ steps: steps(1, fail) }, '--after', id(7))).rejects.toThrow(
      `a ref to be moved is not stored. It got as far as ${id(7)}. To go on:\n` +
        `  npm run reproject -- --after ${id(7)}`,
    );
  });

  it('ends quietly when nobody reads any more', async () => {
    const command = parseReproject(['--dry-run']) as ReapplyCommand;
    let taken = 0;
    const code = await runToEnd(
      { steps: steps(9, () => (taken += 1)), count: () => Promise.resolve(9) },
      command,
      {
        out: () => Promise.reject(new ReaderGoneError()),
        err: (text) => (err += text),
        progress: { update: () => undefined, clear: () => undefined },
        stop,
      },
    );
    expect({ code, taken, err }).toEqual({ code: 141, taken: 1, err: '' });
  });
});

describe('writerTo', () => {
  it('waits for a slow reader', async () => {
    const stream = new PassThrough({ highWaterMark: 4 });
    const write = writerTo(stream);
    let taken = 0;
    const writing = (async () => {
      for (; taken < 10; taken += 1) await write('12345678');
    })();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(taken).toBeLessThan(3);
    stream.resume();
    await writing;
    expect(taken).toBe(10);
  });

  it('tells a reader that has gone from other errors', async () => {
    const failing = (code: string) => {
      const error = Object.assign(new Error(`write ${code}`), { code });
      return writerTo(new Writable({ write: (_chunk, _encoding, done) => done(error) }))('x');
    };
    await expect(failing('EPIPE')).rejects.toThrow(ReaderGoneError);
    await expect(failing('ENOSPC')).rejects.toThrow('write ENOSPC');
  });
});
