import { JsonNumber } from '../json/json.js';
import { messageText, readableId } from './text.js';

describe('readableId', () => {
  it.each(['a', 'é'.repeat(255), '😀'])('takes %j', (id) => expect(readableId(id)).toBe(id));

  it.each([
    undefined,
    null,
    '',
    'x'.repeat(256),
    'a\0',
    '\ud800',
    true,
    new JsonNumber('1'),
    [],
    {},
  ])('does not take %j', (value) => expect(readableId(value)).toBeNull());
});

describe('messageText', () => {
  it.each([
    ['Declined', 'Declined'],
    ['a\0b', 'ab'],
    ['a\ud800b', 'a\ufffdb'],
    ['😀'.repeat(501), '😀'.repeat(500)],
    ['', null],
    ['\0', null],
    [null, null],
    [undefined, null],
  ])('%j becomes %j', (text, expected) => expect(messageText(text)).toBe(expected));
});
