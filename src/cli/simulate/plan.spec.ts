import { newSeed, planLanes, startOf, uniqueOf } from './plan.js';

const NOW = 1_764_000_000_000;

describe('planLanes', () => {
  it('sends the deliveries of one payment after each other, repetitions at once', () => {
    expect(planLanes({ count: 2, duplicate: 2, shuffle: false }, 2, 'a')).toEqual(
      [0, 1].map((run) => [0, 0, 1, 1].map((step) => ({ run, step }))),
    );
  });

  it('shuffles all of them over all payments, and has each as often as before', () => {
    const size = { count: 20, duplicate: 3 };
    const plain = planLanes({ ...size, shuffle: false }, 4, 'a').flat();
    const lanes = planLanes({ ...size, shuffle: true }, 4, 'a');
    const order = (deliveries: object[]) => deliveries.map((d) => JSON.stringify(d));
    expect(lanes.every((lane) => lane.length === 1)).toBe(true);
    expect(order(lanes.flat())).not.toEqual(order(plain));
    expect(order(lanes.flat()).sort()).toEqual(order(plain).sort());
  });

  it('gives the same order to the same seed only', () => {
    const size = { count: 20, duplicate: 1, shuffle: true };
    expect(planLanes(size, 2, 'a')).toEqual(planLanes(size, 2, 'a'));
    expect(planLanes(size, 2, 'a')).not.toEqual(planLanes(size, 2, 'b'));
  });
});

describe('ids and times', () => {
  it('are distinct for each run and seed', () => {
    const ids = ['a', 'b'].flatMap((seed) => [0, 1, 2].map((run) => uniqueOf(seed, run)));
    expect(new Set(ids).size).toBe(6);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]{1,40}$/);
  });

  it('are the same again for a seed that was printed, whatever the time', () => {
    const seed = newSeed(NOW, () => '0a1b2c3d');
    expect(startOf(seed, NOW + 5_000_000)).toBe(startOf(seed, NOW));
    expect(startOf(seed, NOW)).toBeLessThan(NOW);
  });

  it('takes the time from the clock for a seed without one', () => {
    expect(startOf('42', NOW) - startOf('42', NOW - 7)).toBe(7);
  });
});
