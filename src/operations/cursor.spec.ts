import { decodeCursor, encodeCursor, isUuid, pageOf } from './cursor.js';

const ID = '018f2a3b-4c5d-7e6f-8a9b-0c1d2e3f4a5b';

describe('cursor', () => {
  it('comes back as the id that it was made of', () => {
    expect(decodeCursor(encodeCursor(ID))).toBe(ID);
  });

  it.each([
    ['empty', ''],
    ['not base64url', '***'],
    ['an id itself', ID],
    ['something else encoded', Buffer.from('1').toString('base64url')],
    ['with padding', `${encodeCursor(ID)}=`],
    ['with a rest', `${encodeCursor(ID)}AAAA`],
    ['upper case inside', encodeCursor(ID.toUpperCase())],
  ])('is refused when it is %s', (_, cursor) => {
    expect(decodeCursor(cursor)).toBeNull();
  });

  it('is given only when a row is left over', () => {
    const rows = ['c', 'b', 'a'].map((id) => ({ id }));
    expect(pageOf(rows, 2, ({ id }) => id)).toEqual({
      data: ['c', 'b'],
      nextCursor: encodeCursor('b'),
    });
    expect(pageOf(rows, 3, ({ id }) => id)).toEqual({ data: ['c', 'b', 'a'], nextCursor: null });
    expect(pageOf([], 3, String)).toEqual({ data: [], nextCursor: null });
  });
});

describe('isUuid', () => {
  it('takes any case and nothing else', () => {
    expect(isUuid(ID)).toBe(true);
    expect(isUuid(ID.toUpperCase())).toBe(true);
    for (const no of ['', '42', `${ID}0`, ` ${ID}`, `${ID}\n`, ID.replaceAll('-', ''), `{${ID}}`]) {
      expect(isUuid(no)).toBe(false);
    }
  });
});
