import { UsageError } from '../command-line.js';
import { parseReproject, type ReapplyCommand } from './options.js';

const ID = '019ab000-0000-7000-8000-000000000001';
const OTHER = '019ab000-0000-7000-8000-000000000002';

describe('parseReproject', () => {
  it('is silent and for real unless told otherwise', () => {
    const command = { dryRun: false, silent: true, json: false, after: undefined };
    expect(parseReproject([])).toMatchObject(command);
  });

  it('reads every option', () => {
    const command = { dryRun: true, silent: false, json: true, after: ID };
    expect(parseReproject(['--dry-run', '--notify', '--json', '--after', ID])).toMatchObject(
      command,
    );
  });

  it('gives help although the rest is wrong', () => {
    expect(parseReproject(['--after', 'x', '-h'])).toBe('help');
  });

  it.each([
    [['--after', '12'], /--after takes the id that a stopped run has printed/],
    [['--after'], /'--after <value>' argument missing/],
    [['--all'], /Unknown option '--all'\. See npm run reproject -- --help/],
    [['--source', 'stripe'], /Unknown option/],
  ])('refuses %j', (args, message) => {
    expect(() => parseReproject(args)).toThrow(UsageError);
    expect(() => parseReproject(args)).toThrow(message);
  });

  it('says how to go on: the same, from another place', () => {
    const after = (...args: string[]) => (parseReproject(args) as ReapplyCommand).goingOn;
    expect(after()(undefined)).toBe('npm run reproject --');
    expect(after('--after', ID)(undefined)).toBe('npm run reproject --');
    expect(after('--dry-run', '--after', OTHER, '--notify', '--json')(ID)).toBe(
      `npm run reproject -- --dry-run --after ${ID} --notify --json`,
    );
  });
});
