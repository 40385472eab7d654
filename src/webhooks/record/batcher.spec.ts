import { Batcher, BatchTimeout } from './batcher.js';

const OPTIONS = { concurrency: 1, maxItems: 3, maxBytes: 100, patience: 5_000 };

/** A batcher whose batches end when the test says so. */
function held(options: Partial<typeof OPTIONS> = {}) {
  const batches: { items: readonly string[]; end: (error?: Error) => void }[] = [];
  const batcher = new Batcher<string, string>(
    (items) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) =>
          error ? reject(error) : resolve(items.map((item) => `did ${item}`));
        batches.push({ items, end });
      }),
    { ...OPTIONS, ...options },
  );
  return { batcher, batches };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('a batcher', () => {
  it('gathers what comes while a batch is under way, in order, up to its limit', async () => {
    const { batcher, batches } = held();
    const first = batcher.add('a', 1);
    await turn();
    const rest = ['b', 'c', 'd', 'e'].map((item) => batcher.add(item, 1));
    batches[0]!.end();
    expect(await first).toBe('did a');
    await turn();
    batches[1]!.end();
    await turn();
    batches[2]!.end();
    expect(await Promise.all(rest)).toEqual(['did b', 'did c', 'did d', 'did e']);
    expect(batches.map(({ items }) => items)).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
  });

  it('bounds a batch by its bytes, but takes one item of any size', async () => {
    const { batcher, batches } = held();
    for (const [item, bytes] of [
      ['huge', 1_000],
      ['half', 60],
      ['other', 60],
    ] as const) {
      void batcher.add(item, bytes);
    }
    for (let i = 0; i < 3; i += 1) {
      await turn();
      batches[i]!.end();
    }
    expect(batches.map(({ items }) => items)).toEqual([['huge'], ['half'], ['other']]);
  });

  it('has no more batches under way than it may', async () => {
    const { batcher, batches } = held({ concurrency: 2, maxItems: 1 });
    const all = ['a', 'b', 'c'].map((item) => batcher.add(item, 1));
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([['a'], ['b']]);
    batches[1]!.end();
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([['a'], ['b'], ['c']]);
    batches[0]!.end();
    batches[2]!.end();
    expect(await Promise.all(all)).toEqual(['did a', 'did b', 'did c']);
  });

  it('fails all of a batch that fails, and goes on', async () => {
    const { batcher, batches } = held();
    const first = batcher.add('a', 1);
    await turn();
    const second = batcher.add('b', 1);
    batches[0]!.end(new Error('no'));
    await expect(first).rejects.toThrow('no');
    await turn();
    batches[1]!.end();
    expect(await second).toBe('did b');
  });

  it('lets go of what waited too long: it is never run, and held no more', async () => {
    const { batcher, batches } = held({ patience: 40 });
    const first = batcher.add('under way', 1);
    first.catch(() => undefined);
    await turn();
    await expect(batcher.add('waiting', 1)).rejects.toBeInstanceOf(BatchTimeout);
    await expect(first).rejects.toBeInstanceOf(BatchTimeout);
    const later = batcher.add('later', 1);
    batches[0]!.end();
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([['under way'], ['later']]);
    batches[1]!.end();
    expect(await later).toBe('did later');
  });
});
