import 'reflect-metadata';
import { UsageError } from '../command-line.js';
import { parseReplay, type ReplayCommand } from './replay-options.js';

const ID = '019ab000-0000-7000-8000-000000000001';

const parse = async (...args: string[]) => (await parseReplay(args)) as ReplayCommand;

describe('parseReplay', () => {
  it('takes every event only when that is said', async () => {
    const command = { event: null, filter: {}, dryRun: false, silent: true, json: false };
    expect(await parse('--all')).toMatchObject({ ...command, after: undefined });
    expect({ ...(await parse('--all')).filter }).toEqual({});
  });

  it('takes one event', async () => {
    expect(await parse('--event', ID, '--notify')).toMatchObject({ event: ID, silent: false });
  });

  it('reads every filter as the API does', async () => {
    const { filter, event, after } = await parse(
      ...['--source', 'stripe', '--source', 'stripe-eu', '--status', 'quarantined'],
      ...['--type', 'charge.refunded', '--event-id', 'evt_1', '--after', ID],
      ...['--from', '2026-11-24T10:00:00+02:00', '--to', '2026-11-25T00:00:00Z'],
    );
    expect({ event, after }).toEqual({ event: null, after: ID });
    expect({ ...filter }).toEqual({
      source: ['stripe', 'stripe-eu'],
      status: ['quarantined'],
      type: 'charge.refunded',
      eventId: 'evt_1',
      from: new Date('2026-11-24T08:00:00Z'),
      to: new Date('2026-11-25T00:00:00Z'),
    });
  });

  it('gives help although the rest is missing', async () => {
    expect(await parseReplay(['--help'])).toBe('help');
  });

  it.each([
    [[], /Say which events: .* or every one by --all\./],
    [['--dry-run', '--after', ID], /Say which events/],
    [['--all', '--source', 'stripe'], /--all is every event\. Leave it out/],
    [['--all', '--event', ID], /--all is every event/],
    [['--event', ID, '--type', 'x'], /--event is one event/],
    [['--event', ID, '--event', ID], /--event is one event/],
    [['--event', ID, '--after', ID], /--event is one event/],
    [['--event', 'evt_1'], /--event takes the id of an event, a UUID/],
    [['--all', '--after', '1'], /--after takes/],
    [['--status', 'paid'], /^--status must be one of applied, ignored, quarantined\.$/],
    [['--source', ''], /^--source must be the name of a source: .*dashes\.$/],
    [['--type', 'a', '--type', 'b'], /^--type must be given once, with 1 to 300 characters\.$/],
    [
      ['--event-id', '', '--to', 'today'],
      /^--event-id must be given once.*\. --to must be a time with a zone, e\.g\. \S+Z\.$/,
    ],
    [['stripe'], /two dashes come before the options/],
    [['--colour'], /Unknown option '--colour'\. See npm run replay -- --help/],
  ])('refuses %j', async (args, message) => {
    await expect(parseReplay(args)).rejects.toThrow(UsageError);
    await expect(parseReplay(args)).rejects.toThrow(message);
  });

  it('says how to go on in words that a shell takes as they are', async () => {
    const { goingOn } = await parse(
      ...['--source', 'a', '--source', 'b', '--type', "it's; $HOME", '--event-id=-e', '--json'],
    );
    expect(goingOn(ID)).toBe(
      `npm run replay -- --source a --source b --type 'it'\\''s; $HOME' --event-id=-e --json --after ${ID}`,
    );
    const rest = goingOn(ID).replace(`'it'\\''s; $HOME'`, 'word').split(' ').slice(4);
    expect(await parse(...rest)).toMatchObject({ after: ID, filter: { eventId: '-e' } });
  });

  it('does one event again from its beginning', async () => {
    const { goingOn } = await parse('--event', ID);
    expect(goingOn(ID)).toBe(`npm run replay -- --event ${ID}`);
  });
});
