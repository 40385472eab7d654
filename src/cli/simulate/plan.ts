/** What is sent and in which order: a pure function of the seed. */
import { createHash } from 'node:crypto';
import { type PlayCommand } from './options.js';

/** One delivery of a scenario; sent several times where duplicates are wanted. */
export interface Delivery {
  /** Which payment, from 0. */
  readonly run: number;
  /** Which step of its scenario, from 0. */
  readonly step: number;
}

/** Deliveries that are sent one after the other; lanes are sent side by side. */
export type Lane = readonly Delivery[];

/** How far before the seed's time a scenario begins, so that none of its events lies in the future. */
const SCENARIO_LEAD_MS = 60_000;

/** A seed that also carries the time of the run, so that a repetition sends the same bytes. */
export function newSeed(now: number, random: () => string): string {
  return `${now}-${random()}`;
}

/** Time of a scenario's first event; of a seed without a time it is taken from the clock. */
export function startOf(seed: string, now: number): number {
  const time = /^(\d{13})-/.exec(seed)?.[1];
  return (time === undefined ? now : Number(time)) - SCENARIO_LEAD_MS;
}

/** Makes the ids of a run distinct from those of every other run and seed. */
export function uniqueOf(seed: string, run: number): string {
  return hash(`${seed} run ${run}`).slice(0, 24);
}

/** All deliveries, with their repetitions. */
export function planLanes(
  { count, duplicate, shuffle }: Pick<PlayCommand, 'count' | 'duplicate' | 'shuffle'>,
  steps: number,
  seed: string,
): Lane[] {
  const runs = Array.from({ length: count }, (_, run) =>
    Array.from({ length: steps }, (_, step) =>
      Array.from({ length: duplicate }, () => ({ run, step })),
    ).flat(),
  );
  return shuffle ? shuffled(runs.flat(), seed).map((delivery) => [delivery]) : runs;
}

/** Sorted by a hash of seed and place: every order is as likely, and one seed gives one order. */
function shuffled<T>(items: readonly T[], seed: string): T[] {
  return items
    .map((item, index) => ({ item, key: hash(`${seed} place ${index}`) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ item }) => item);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
