/** The command line. */
import { parseArgs } from 'node:util';
import { ENTRIES } from './contestants/index.mjs';

export const HELP = `npm run bench -- [options]

Without a mode: every contestant, interleaved, closed loop and open loop, and the ratios.
  --growth          the service with more and more events stored: rate, sizes, times of the API's reads
  --soak            the service for an hour at a fixed rate: memory over time
  --notifications   what telling the app costs, with one and with 100 endpoints, and how soon it is told
  --profile         where a request's microseconds go (with --only generic or stripe)
  --ready           time from start to ready

  --seconds N       of each measurement (10; of --soak 3600)
  --rounds N        of which the median is taken (3)
  --only A,B        of ${ENTRIES.map(({ key }) => key).join(', ')}
  --quick           a trial: --seconds 3 --rounds 1, only one rate in the open loop
  --events N        of --growth, stored at its end (10000000)
  --rate N          of --soak, events per second (1000)
  --json            the result as JSON on stdout instead of a table
  --write-docs      puts the result into docs/performance.md
  --help            this
`;

/** @typedef {'compare' | 'growth' | 'soak' | 'notifications' | 'profile' | 'ready'} Mode */

/**
 * @typedef {object} Options
 * @property {Mode} mode
 * @property {number} seconds
 * @property {number} rounds
 * @property {readonly import('./contestants/index.mjs').Entry[]} entries
 * @property {boolean} quick
 * @property {number} events
 * @property {number} rate
 * @property {boolean} json
 * @property {boolean} writeDocs
 */

/**
 * @param {string[]} args
 * @returns {Options | null} null where help is wanted
 * @throws {Error} with what is wrong
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      growth: { type: 'boolean', default: false },
      soak: { type: 'boolean', default: false },
      notifications: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      ready: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      events: { type: 'string' },
      rate: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      'write-docs': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const modes = /** @type {const} */ ([
    'growth',
    'soak',
    'notifications',
    'profile',
    'ready',
  ]).filter((m) => values[m]);
  if (modes.length > 1) throw new Error(`Choose one of --${modes.join(', --')}.`);
  const mode = modes[0] ?? 'compare';
  const { quick } = values;
  return {
    mode,
    seconds: number('seconds', values.seconds, mode === 'soak' ? 3600 : quick ? 3 : 10),
    rounds: number('rounds', values.rounds, quick ? 1 : 3),
    events: number('events', values.events, 10_000_000),
    rate: number('rate', values.rate, 1000),
    entries: entriesOf(values.only),
    quick,
    json: values.json,
    writeDocs: values['write-docs'],
  };
}

function number(
  /** @type {string} */ name,
  /** @type {string | undefined} */ text,
  /** @type {number} */ fallback,
) {
  if (text === undefined) return fallback;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} must be a whole number above 0.`);
  return Number(text);
}

function entriesOf(/** @type {string | undefined} */ only) {
  if (only === undefined) return ENTRIES;
  return only.split(',').map((key) => {
    const entry = ENTRIES.find((e) => e.key === key);
    if (entry) return entry;
    throw new Error(`--only: no contestant is named ${key}.`);
  });
}
