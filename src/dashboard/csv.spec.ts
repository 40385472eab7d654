import { csvRow } from './csv.js';

it('separates cells by commas and ends a row with CR LF', () => {
  expect(csvRow(['a', 1, 10n ** 30n, true, null, ''])).toBe(
    'a,1,1000000000000000000000000000000,true,,\r\n',
  );
});

it('quotes what would end a cell or a row', () => {
  expect(csvRow(['a,b', 'say "hi"', 'two\nlines', 'two\rlines', 'a b'])).toBe(
    '"a,b","say ""hi""","two\nlines","two\rlines",a b\r\n',
  );
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1'])(
  'makes plain text of %j, which a spreadsheet would run',
  (text) => {
    const row = csvRow([text]);
    expect(row.replace(/^"/, '').startsWith(`'${text}`)).toBe(true);
  },
);

it('leaves text alone that only contains such a character', () => {
  expect(csvRow(['order-42', 'a=b', 'a@b.example'])).toBe('order-42,a=b,a@b.example\r\n');
});
