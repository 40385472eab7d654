import { UsageError } from '../command-line.js';
import { parseListen } from './options.js';

it('listens on any port and answers 204 unless told otherwise', () => {
  expect(parseListen([])).toEqual({ json: false, port: 0, status: 204, url: null });
});

it('reads every option', () => {
  const args = ['--json', '--port', '4000', '--status', '500', '--url', 'http://127.0.0.1:3000/'];
  const command = { json: true, port: 4000, status: 500, url: 'http://127.0.0.1:3000' };
  expect(parseListen(args)).toEqual(command);
});

it('gives help', () => {
  expect(parseListen(['--help'])).toBe('help');
});

it.each([
  [['--port', '70000'], /--port takes a whole number from 0 to 65535/],
  [['--status', '99'], /--status takes a whole number from 200 to 599/],
  [['--all'], /Unknown option '--all'\. See npm run listen -- --help/],
])('refuses %j', (args, message) => {
  expect(() => parseListen(args)).toThrow(UsageError);
  expect(() => parseListen(args)).toThrow(message);
});
