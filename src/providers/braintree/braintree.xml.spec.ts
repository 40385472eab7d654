import { decodeBraintree } from './braintree.xml.js';
import { OFFICIAL, officialGateway } from './testing/official.js';

function decode(xml: string | Buffer) {
  return decodePayload(Buffer.from(xml).toString('base64'));
}

function decodePayload(payload: string) {
  return decodeBraintree(Buffer.from(new URLSearchParams({ bt_payload: payload }).toString()));
}

const INVALID = { ok: false, code: 'invalid_json' };

describe('XML', () => {
  it.each<[string, object]>([
    ['<a>b</a>', { a: 'b' }],
    ['<?xml version="1.0" encoding="UTF-8"?>\n<a>b</a>\n', { a: 'b' }],
    ['<a>\n  b\n</a>', { a: 'b' }],
    ['<a><b>c</b><d-e>f</d-e></a>', { a: { b: 'c', 'd-e': 'f' } }],
    ['<a><b>1</b><b>2</b></a>', { a: { b: ['1', '2'] } }],
    ['<a><b/><c nil="true"/><d></d><e> </e></a>', { a: { b: null, c: null, d: null, e: null } }],
    ['<a type="array"><b>1</b></a>', { a: { b: '1' } }],
    // Numbers and the like keep their text.
    [
      '<a><b>007</b><c type="integer">1e3</c><d>49.90</d><e>true</e><f>0x10</f></a>',
      { a: { b: '007', c: '1e3', d: '49.90', e: 'true', f: '0x10' } },
    ],
    ['<a>&lt;b&gt; &amp;amp; &quot;c&quot; &apos;d&apos;</a>', { a: '<b> &amp; "c" \'d\'' }],
    ['<a>Caf&#233; &#x20B9; &#x1F600;</a>', { a: 'Café ₹ 😀' }],
    ['<a>Café ₹ 😀</a>', { a: 'Café ₹ 😀' }],
    ['<a b="&lt;x&gt;">c</a>', { a: 'c' }],
    [
      '<notification><subject><subscription><transactions type="array"><transaction><id>1</id></transaction></transactions></subscription></subject></notification>',
      {
        notification: {
          subject: { subscription: { transactions: { transaction: [{ id: '1' }] } } },
        },
      },
    ],
  ])('%s is %j', (xml, value) => {
    expect(decode(xml)).toEqual({ ok: true, value });
  });

  it.each([
    '',
    ' ',
    'a',
    '{"a":1}',
    '<a>',
    '<a></b>',
    '<a><b></a></b>',
    '<a></a>x',
    '<a></a><b></b>',
    '<a b=c></a>',
    '<a b="c></a>',
    '<1></1>',
    '<a>&nbsp;</a>',
    '<a>&amp</a>',
    '<a>& b</a>',
    '<a>&#0;</a>',
    '<a>&#xD800;</a>',
    '<a>&#x110000;</a>',
    '<a>&#9999999;</a>',
    '<a>&__proto__;</a>',
    '<a>&constructor;</a>',
    '<__proto__>b</__proto__>',
    '<a><constructor>b</constructor></a>',
    // What a document declares is not read, and neither is what parsers disagree about.
    '<!DOCTYPE a><a>b</a>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    '<a>b<!-- c --></a>',
    '<a><![CDATA[b]]></a>',
    `${'<a>'.repeat(65)}${'</a>'.repeat(65)}`,
  ])('%j is not read', (xml) => {
    expect(decode(xml)).toEqual(INVALID);
  });

  it('is read 64 elements deep', () => {
    expect(decode(`${'<a>'.repeat(64)}${'</a>'.repeat(64)}`)).toMatchObject({ ok: true });
  });

  it('that is not UTF-8 is not read', () => {
    expect(decode(Buffer.from('<a>\xe9</a>', 'latin1'))).toEqual({
      ok: false,
      code: 'invalid_utf8',
    });
  });

  it('of too many elements is not read, and of as many as JSON may have keys is', () => {
    const elements = (count: number) => decode(`<a>${'<b/>'.repeat(count)}</a>`);
    expect(elements(99_999)).toEqual({ ok: false, code: 'too_many_keys' });
    expect(elements(49_999)).toMatchObject({ ok: true });
  });

  it('of an element with a thousand attributes, or a long name, is read all the same', () => {
    const attributes = Array.from({ length: 1000 }, (_, i) => `a${i}="${i}"`).join(' ');
    expect(decode(`<a ${attributes}>b</a>`)).toEqual({ ok: true, value: { a: 'b' } });
    const name = 'x'.repeat(10_000);
    expect(decode(`<${name}>b</${name}>`)).toEqual({ ok: true, value: { [name]: 'b' } });
  });

  it('changes no prototype', () => {
    decode('<__proto__><polluted>yes</polluted></__proto__>');
    decode('<a><__proto__><polluted>yes</polluted></__proto__></a>');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('a payload', () => {
  it('may be broken into lines', () => {
    const payload = Buffer.from('<a>b</a>').toString('base64');
    expect(decodePayload(payload.replace(/.{4}/g, '$&\n'))).toEqual({
      ok: true,
      value: { a: 'b' },
    });
  });

  it.each(['', '\n', '====', 'PGE-Yjwv', 'PGE+YjwvYT4', 'PGE+YjwvYT5=', 'PGE+ YjwvYT4=', 'é'])(
    'that is %j is no base64',
    (payload) => {
      expect(decodePayload(payload)).toEqual(INVALID);
    },
  );

  it.each(['', '{}', 'bt_payload', 'bt_payload=&bt_payload=PGEvPg==', 'payload=PGEvPg=='])(
    'is not found in %j',
    (body) => {
      expect(decodeBraintree(Buffer.from(body))).toEqual(INVALID);
    },
  );
});

it.each(OFFICIAL.kinds)(
  'the sample of kind %s is read as the official package reads it',
  async (kind) => {
    const gateway = officialGateway('test_public_key', 'test_private_key');
    const { bt_signature: signature, bt_payload: payload } =
      await gateway.webhookTesting.sampleNotification(kind, 'id_1 & <"é">');
    const theirs = await gateway.webhookNotification.parse(signature, payload).catch(() => null);
    const reading = decodePayload(payload);
    // With an id that is no XML neither of us reads it.
    expect(reading.ok).toBe(theirs !== null);
    const good = await gateway.webhookTesting.sampleNotification(kind, 'id_1');
    expect(decodePayload(good.bt_payload)).toMatchObject({
      ok: true,
      value: { notification: { kind } },
    });
  },
);
