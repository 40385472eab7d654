import { UsageError } from '../command-line.js';
import { parseCommand } from './options.js';

const PLAY = {
  kind: 'play',
  source: undefined,
  scenario: undefined,
  url: null,
  count: 1,
  shuffle: false,
  duplicate: 1,
  rate: null,
  seed: null,
  live: false,
  json: false,
};

describe('parseCommand', () => {
  it('has defaults', () => {
    expect(parseCommand([])).toEqual(PLAY);
  });

  it('reads every option', () => {
    const args =
      '--source stripe --scenario refunded --url https://pay.example/hooks// --count 100 --shuffle ' +
      '--duplicate 3 --rate 0.5 --seed 1764000000000-0a1b --live --json';
    expect(parseCommand(args.split(' '))).toEqual({
      kind: 'play',
      source: 'stripe',
      scenario: 'refunded',
      url: 'https://pay.example/hooks',
      count: 100,
      shuffle: true,
      duplicate: 3,
      rate: 0.5,
      seed: '1764000000000-0a1b',
      live: true,
      json: true,
    });
  });

  it('gives help and the list although the rest is missing', () => {
    expect(parseCommand(['-h', '--list'])).toEqual({ kind: 'help' });
    expect(parseCommand(['--list', '--json'])).toEqual({ kind: 'list', json: true });
  });

  it.each([
    ['--colour', /Unknown option '--colour'\. See npm run simulate -- --help/],
    ['--source', /'--source <value>' argument missing/],
    ['--shuffle=yes', /does not take an argument/],
    ['stripe refunded', /argument 'stripe'\..*two dashes come before the options/],
    ['--count 0', /--count takes a whole number from 1 to 100000, not "0"/],
    ['--count 1e3', /--count/],
    ['--count=-1', /--count/],
    ['--count=', /--count/],
    ['--count 100001', /--count/],
    ['--duplicate 1.5', /--duplicate/],
    ['--rate 0', /--rate takes a number/],
    ['--rate NaN', /--rate/],
    ['--rate Infinity', /--rate/],
    ['--seed A', /--seed/],
    ['--url 127.0.0.1:3000', /--url takes an address such as/],
    ['--url ftp://a', /--url/],
    ['--url http://a/?b', /--url/],
    ['--url http://user:secret@a', /--url takes(?!.*secret)/],
  ])('refuses %s', (line, message) => {
    const parse = () => parseCommand(line.split(' '));
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
  });
});
