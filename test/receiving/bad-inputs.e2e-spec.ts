/** What a stranger, a proxy or a broken client may send: each is answered, and leaves nothing behind. */
import { createHmac } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import {
  createTestApplication,
  GENERIC_SECRET,
  STRIPE_SECRET,
  type Answer,
  type TestApplication,
} from '../support/application.js';
import { expectProblem } from '../support/problems.js';
import { head, RawConnection } from '../support/raw-http.js';
import { sha256, signedGeneric, signedStripe, unique, type Signed } from '../support/signed.js';
import { intent, stripeEvent } from '../support/stripe-events.js';

const HOST = 'Host: localhost';
const POST = 'POST /webhooks/generic HTTP/1.1';

describe('bad input', () => {
  let service: TestApplication;
  const connections: RawConnection[] = [];

  beforeAll(async () => {
    service = await createTestApplication();
  });
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
  });
  afterAll(() => service.close());

  const open = async (): Promise<RawConnection> => {
    const connection = await RawConnection.open(service.port);
    connections.push(connection);
    return connection;
  };

  const event = (fields: object = {}) => ({
    event_type: 'payment_success',
    event_id: `e_${unique()}`,
    transaction_id: `tx_${unique()}`,
    amount: '49.99',
    ...fields,
  });
  const signed = (): Signed => signedGeneric(event());
  const linesOf = ({ headers }: Signed): string[] =>
    Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

  const countEvents = async (): Promise<number> => {
    const [row] = await service.rows<{ n: number }>(
      'SELECT count(*)::int AS n FROM webhook_events',
    );
    return row!.n;
  };

  const expectSuccess = ({ status, body }: Answer) =>
    expect({ status, body }).toEqual({ status: 200, body: { status: 'success' } });

  /** Sends bytes on a connection of their own; whatever comes of them, the next delivery succeeds. */
  const exchange = async (bytes: string | Buffer): Promise<Answer> => {
    const before = await countEvents();
    const connection = await open();
    connection.send(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    const answer = await connection.answer();
    if (answer.status >= 400) expect(await countEvents()).toBe(before);
    expectSuccess(await service.deliver('generic', signed()));
    return answer;
  };

  /** A good request as it stands on the wire, with another first line or further headers. */
  const wire = (more: readonly string[] = [], line = POST, host = [HOST]): string => {
    const delivery = signed();
    const length = `Content-Length: ${delivery.body.length}`;
    const start = head(line, ...host, length, ...linesOf(delivery), ...more);
    return start + delivery.body.toString('latin1');
  };

  /** The same in chunks. */
  const inChunks = (more: readonly string[], line = POST, trailer: readonly string[] = []) => {
    const { body, headers } = signed();
    const size = body.length.toString(16);
    return [
      head(
        line,
        HOST,
        'Transfer-Encoding: chunked',
        `X-Signature: ${headers['X-Signature']}`,
        ...more,
      ),
      `${size}\r\n${body.toString('latin1')}\r\n`,
      ['0', ...trailer, '', ''].join('\r\n'),
    ].join('');
  };

  describe('in the framing', () => {
    it.each<[string, () => string]>([
      ['a TLS client', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
      ['a client of HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      ['a client of Redis', () => '*1\r\n$4\r\nPING\r\n'],
      ['two equal lengths', () => wire(['Content-Length: 2'])],
      ['a list of lengths', () => head(POST, HOST, 'Content-Length: 2, 2')],
      ['a length in hex', () => head(POST, HOST, 'Content-Length: 0x2')],
      ['a length with a sign', () => head(POST, HOST, 'Content-Length: +2')],
      ['an empty length', () => head(POST, HOST, 'Content-Length:')],
      ['a length beyond 64 bits', () => head(POST, HOST, `Content-Length: ${'9'.repeat(20)}`)],
      ['chunks before another coding', () => head(POST, HOST, 'Transfer-Encoding: chunked, gzip')],
      [
        'a chunk size beyond 64 bits',
        () => `${head(POST, HOST, 'Transfer-Encoding: chunked')}${'f'.repeat(17)}\r\n`,
      ],
      ['a negative chunk size', () => `${head(POST, HOST, 'Transfer-Encoding: chunked')}-1\r\n`],
      [
        'a chunk longer than it says',
        () => `${head(POST, HOST, 'Transfer-Encoding: chunked')}1\r\nabc\r\n`,
      ],
      ['bare line feeds', () => `${POST}\n${HOST}\nContent-Length: 0\n\n`],
      ['a bare carriage return', () => head(POST, HOST, 'X-A: b\rX-C: d', 'Content-Length: 0')],
      ['a header without a colon', () => head(POST, HOST, 'X-A', 'Content-Length: 0')],
      ['a header without a name', () => head(POST, HOST, ': a', 'Content-Length: 0')],
      ['a header name with a space', () => head(POST, HOST, 'X A: b', 'Content-Length: 0')],
      ['a method in lower case', () => head('post /webhooks/generic HTTP/1.1', HOST)],
      ['an address without a slash', () => head('POST webhooks/generic HTTP/1.1', HOST)],
      ['an address with a space', () => head('POST /webhooks/generic x HTTP/1.1', HOST)],
      ['no version', () => head('POST /webhooks/generic', HOST)],
      ['version 2.0', () => head('POST /webhooks/generic HTTP/2.0', HOST)],
      ['an address beyond ASCII', () => head('POST /webhooks/gen\xe9ric HTTP/1.1', HOST)],
      ['a proxy to be', () => head('CONNECT localhost:443 HTTP/1.1', HOST)],
      ['a proxy to be, in our own name', () => head('CONNECT /webhooks/generic HTTP/1.1', HOST)],
    ])('%s is bad_request', async (_, bytes) => {
      expectProblem(await exchange(bytes()), 400, 'bad_request');
    });

    it.each<[string, () => string]>([
      ['identity as a transfer coding', () => `${head(POST, HOST, 'Transfer-Encoding: identity')}`],
      ['an unknown transfer coding', () => head(POST, HOST, 'Transfer-Encoding: xchunked')],
      ['an empty transfer coding', () => `${head(POST, HOST, 'Transfer-Encoding:')}`],
      ['chunks in HTTP/1.0', () => inChunks([], 'POST /webhooks/generic HTTP/1.0')],
      ['a second Host, of another case', () => wire(['hOST: shop.example'])],
    ])('%s is ambiguous_request', async (_, bytes) => {
      const answer = await exchange(bytes());
      expect(answer.headers.get('connection')).toBe('close');
      expectProblem(answer, 400, 'ambiguous_request');
    });

    it('20 kB of chunk extensions are body_too_large', async () => {
      const start = head(POST, HOST, 'Transfer-Encoding: chunked');
      const answer = await exchange(`${start}1;${'x'.repeat(20_000)}\r\n`);
      expectProblem(answer, 413, 'body_too_large');
    });

    it('headers of many lines are headers_too_large when they are more than 16 kB', async () => {
      const many = Array.from({ length: 3_000 }, (_, i) => `X-${i}: a`);
      expectProblem(await exchange(wire(many)), 431, 'headers_too_large');
    });

    it.each<[string, () => string]>([
      ['HTTP/1.0', () => wire([], 'POST /webhooks/generic HTTP/1.0')],
      ['HTTP/1.0 without a Host', () => wire([], 'POST /webhooks/generic HTTP/1.0', [])],
      ['1,500 headers', () => wire(Array.from({ length: 1_500 }, (_, i) => `a${i}: `))],
      ['bytes beyond ASCII in a header', () => wire(['X-Name: \xe9\xff\x80'])],
      [
        'headers named as what objects inherit',
        () => wire(['__proto__: a', 'constructor: b', 'toString: c']),
      ],
      ['a small chunk extension', () => inChunks([]).replace('\r\n{', ';a=b\r\n{')],
      ['a trailer', () => inChunks([], POST, ['X-Trailer: a'])],
      ['empty lines before it', () => `\r\n\r\n${wire()}`],
      [
        'another method in a header',
        () => wire(['X-HTTP-Method-Override: DELETE', 'X-Method: GET']),
      ],
      [
        'another address in a header',
        () => wire(['X-Original-URL: /api/events', 'X-Rewrite-URL: /']),
      ],
    ])('%s does no harm', async (_, bytes) => {
      expectSuccess(await exchange(bytes()));
    });

    it('a signature after the body comes too late', async () => {
      const bytes = inChunks([]);
      const signature = /X-Signature: \w+/.exec(bytes)![0];
      const late = bytes
        .replace(`${signature}\r\n`, '')
        .replace(/0\r\n\r\n$/, `0\r\n${signature}\r\n\r\n`);
      expectProblem(await exchange(late), 401, 'signature_missing');
    });

    it('a request hidden in the body of another one is only a body', async () => {
      const hidden = Buffer.from(wire(), 'latin1');
      const bytes = Buffer.concat([
        Buffer.from(
          head('POST /webhooks/nobody HTTP/1.1', HOST, `Content-Length: ${hidden.length}`),
        ),
        hidden,
      ]);
      const before = await countEvents();
      const connection = await open();
      connection.send(bytes, wire());
      expectProblem(await connection.answer(), 404, 'source_not_found');
      expectSuccess(await connection.answer());
      expect(await countEvents()).toBe(before + 1);
    });
  });

  describe('in the address', () => {
    it.each([
      '/x/../webhooks/generic',
      '/webhooks/./generic',
      '/webhooks/../webhooks/generic',
      '/webhooks/%zz',
      '/webhooks/%2e%2e%2fapi',
      '/webhooks/%c0%ae%c0%ae',
      '/webhooks/%ff%fe',
      '/webhooks/generic%00',
      '/webhooks/generic%0d%0aX-A:%20b',
      '/webhooks/generic#fragment',
      '/webhooks/generic\\',
      '/webhooks\\generic',
      '/webhooks/__proto__',
      '/webhooks/Constructor',
      '/webhooks/generic.json',
      '/webhooks/*',
      '*',
    ])('%s is none', async (path) => {
      expectProblem(await exchange(wire([], `POST ${path} HTTP/1.1`)), 404, 'not_found');
    });

    it.each(['constructor', 'hasownproperty', 'tostring', 'valueof'])(
      '%s is no source, though every object has it',
      async (name) => {
        const answer = await exchange(wire([], `POST /webhooks/${name} HTTP/1.1`));
        expectProblem(answer, 404, 'source_not_found');
      },
    );

    it.each([
      '?',
      '?__proto__[x]=1&constructor[prototype][y]=1',
      '?a=1&a=2&a[]=3&a[b]=4',
      '?%zz&%00&=&&&&',
      `?${'a[0]'.repeat(1_000)}=1`,
      '?secret=hunter2&signature=00&source=stripe',
    ])('a query %s is ignored', async (query) => {
      expectSuccess(await exchange(wire([], `POST /webhooks/generic${query} HTTP/1.1`)));
    });

    it.each(['TRACE', 'PROPFIND', 'SEARCH', 'PURGE', 'LINK', 'QUERY'])(
      'the method %s is not for it',
      async (method) => {
        const answer = await exchange(head(`${method} /webhooks/generic HTTP/1.1`, HOST));
        expectProblem(answer, 405, 'method_not_allowed');
        expect(answer.headers.get('allow')).toBe('POST');
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      },
    );
  });

  describe('in the content', () => {
    it.each([
      'text/xml',
      'application/xml',
      'multipart/form-data; boundary=x',
      'text/html',
      '*/*',
      'json',
      '',
    ])('the type %j is unsupported', async (type) => {
      const answer = await exchange(wire([`Content-Type: ${type}`]));
      expectProblem(answer, 415, 'content_type_unsupported');
    });

    it.each<[string, (body: Buffer) => Buffer]>([
      ['gzip', gzipSync],
      ['br', brotliCompressSync],
      ['deflate', deflateSync],
      ['zstd', (body) => body],
      ['gzip, gzip', (body) => gzipSync(gzipSync(body))],
      ['x-gzip', gzipSync],
      ['gzip', () => Buffer.from('no gzip at all')],
      ['', (body) => body],
    ])('the coding %j is unsupported, be it signed or not', async (coding, compress) => {
      const { body, headers } = signedGeneric(compress(signed().body));
      const answer = await exchange(
        Buffer.concat([
          Buffer.from(
            head(
              POST,
              HOST,
              `Content-Encoding: ${coding}`,
              `Content-Length: ${body.length}`,
              `X-Signature: ${headers['X-Signature']}`,
            ),
          ),
          body,
        ]),
      );
      expectProblem(answer, 415, 'content_encoding_unsupported');
    });
  });

  describe('in a signature', () => {
    const generic = (make: (right: string) => string[]): string => {
      const { body, headers } = signed();
      const lines = make(headers['X-Signature']!).map((value) => `X-Signature: ${value}`);
      return head(POST, HOST, `Content-Length: ${body.length}`, ...lines) + body.toString('latin1');
    };

    it.each<[string, string, (right: string) => string[]]>([
      ['none', 'signature_missing', () => []],
      ['an empty one', 'signature_missing', () => ['']],
      ['blanks', 'signature_missing', () => [' \t ']],
      ['an empty one beside a good one', 'signature_invalid', (right) => ['', right]],
      ['a bad one before a good one', 'signature_invalid', (right) => ['0'.repeat(64), right]],
      ['a good one before a bad one', 'signature_invalid', (right) => [right, '0'.repeat(64)]],
      ['a good one twice', 'signature_invalid', (right) => [right, right]],
      ['two in one header', 'signature_invalid', (right) => [`${right}, ${right}`]],
      ['63 digits', 'signature_invalid', (right) => [right.slice(1)]],
      ['65 digits', 'signature_invalid', (right) => [`${right}0`]],
      [
        'upper case',
        'signature_invalid',
        (right) => [`${right.replace(/\d/g, 'a')}`.toUpperCase()],
      ],
      ['64 characters beyond ASCII', 'signature_invalid', () => ['\xe9'.repeat(64)]],
      ['base64', 'signature_invalid', (right) => [Buffer.from(right, 'hex').toString('base64')]],
      ['another algorithm', 'signature_invalid', (right) => [`sha1=${right}`]],
      ['an algorithm in upper case', 'signature_invalid', (right) => [`SHA256=${right}`]],
      ['the algorithm twice', 'signature_invalid', (right) => [`sha256=sha256=${right}`]],
      ['only the algorithm', 'signature_invalid', () => ['sha256=']],
      [
        'more than 1 kB',
        'signature_invalid',
        (right) => [`${right}${' '.repeat(10)}${'0'.repeat(1_100)}`],
      ],
      ['true', 'signature_invalid', () => ['true']],
      ['[object Object]', 'signature_invalid', () => ['[object Object]']],
    ])('%s is %s', async (_, code, make) => {
      expectProblem(await exchange(generic(make)), 401, code);
    });

    it('every proper prefix of the right one is signature_invalid', async () => {
      const delivery = signed();
      const right = delivery.headers['X-Signature']!;
      for (let length = 1; length < right.length; length += 1) {
        const headers = { 'X-Signature': right.slice(0, length) };
        expectProblem(
          await service.deliver('generic', { ...delivery, headers }),
          401,
          'signature_invalid',
        );
      }
      expectSuccess(await service.deliver('generic', delivery));
    });

    it('one bit of the body makes it another body', async () => {
      const delivery = signed();
      for (const at of [0, 40, delivery.body.length - 1]) {
        const body = Buffer.from(delivery.body);
        body[at]! ^= 1;
        expectProblem(
          await service.deliver('generic', { ...delivery, body }),
          401,
          'signature_invalid',
        );
      }
    });

    it('bytes that a decoder would take for each other are not the same', async () => {
      const replaced = Buffer.from(JSON.stringify(event({ note: '\ufffd' })));
      const at = replaced.indexOf(Buffer.from('\ufffd'));
      const raw = Buffer.concat([
        replaced.subarray(0, at),
        Buffer.from([0xff]),
        replaced.subarray(at + 3),
      ]);
      const { headers } = signedGeneric(replaced);
      expectProblem(
        await service.deliver('generic', { body: raw, headers }),
        401,
        'signature_invalid',
      );
      const marked = Buffer.concat([Buffer.from('\ufeff'), replaced]);
      expectProblem(
        await service.deliver('generic', { body: marked, headers }),
        401,
        'signature_invalid',
      );
    });

    const secretOf = {
      nothing: '',
      'a blank': ' ',
      'the name of the source': 'generic',
      'the secret of another source': STRIPE_SECRET,
      'the secret with a line break': `${GENERIC_SECRET}\n`,
      'the secret in upper case': GENERIC_SECRET.toUpperCase(),
    };
    it.each(Object.entries(secretOf))('%s is no key', async (_, secret) => {
      const { body } = signed();
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      const delivery = { body, headers: { 'X-Signature': signature } };
      expectProblem(await service.deliver('generic', delivery), 401, 'signature_invalid');
    });
  });

  describe('in a signed time', () => {
    const NOW = () => String(Math.floor(Date.now() / 1000));
    const sign = (time: string, body: Buffer, secret = STRIPE_SECRET): string =>
      createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
    const stripe = (header: (body: Buffer) => string): Signed => {
      const body = Buffer.from(
        JSON.stringify(stripeEvent('payment_intent.succeeded', intent(unique()))),
      );
      return { body, headers: { 'Stripe-Signature': header(body) } };
    };
    const expectRefused = async (delivery: Signed, code: string) => {
      const before = await countEvents();
      const answer = await service.deliver('stripe', delivery);
      expectProblem(answer, 401, code);
      expect(await countEvents()).toBe(before);
    };

    it.each(['NaN', '1e9', ' 1', '1junk', '-1', '+1', '0x10', '01', '', String(2n ** 64n), '1.5'])(
      '%j is none, however well it is signed',
      (time) =>
        expectRefused(
          stripe((body) => `t=${time},v1=${sign(time, body)}`),
          'signature_invalid',
        ),
    );

    it.each(['0', '1', '999999999999', -302, 302, 315_360_000])('%j is outside', async (at) => {
      const time = typeof at === 'string' ? at : String(Number(NOW()) + at);
      await expectRefused(
        stripe((body) => `t=${time},v1=${sign(time, body)}`),
        'timestamp_out_of_tolerance',
      );
    });

    it('a fresh time under an old signature is signature_invalid', () => {
      const old = String(Number(NOW()) - 1000);
      return expectRefused(
        stripe((body) => `t=${NOW()},v1=${sign(old, body)}`),
        'signature_invalid',
      );
    });

    it.each<[string, (right: string, time: string) => string]>([
      ['only v0', (right, time) => `t=${time},v0=${right}`],
      ['only v1a', (right, time) => `t=${time},v1a=${right}`],
      ['no time', (right) => `v1=${right}`],
      ['two times', (right, time) => `t=${time},t=${time},v1=${right}`],
      ['no signature', (_, time) => `t=${time}`],
      ['v1 without a value', (_, time) => `t=${time},v1`],
      ['v1 with an empty value', (_, time) => `t=${time},v1=`],
      ['blanks between the items', (right, time) => `t=${time}, v1=${right}`],
      ['a name in upper case', (right, time) => `T=${time},V1=${right}`],
      [
        'nine signatures, the last one right',
        (right, time) => `t=${time},${`v1=${'0'.repeat(64)},`.repeat(8)}v1=${right}`,
      ],
      [
        '240 signatures',
        (right, time) =>
          `t=${time},${`v1=${'0'.repeat(64)},`.repeat(239)}v1=${right}`.slice(0, 15_000),
      ],
      ['only commas', () => ',,,,'],
      ['only an equals sign', () => '='],
    ])('%s is signature_invalid', async (_, make) => {
      const time = NOW();
      await expectRefused(
        stripe((body) => make(sign(time, body), time)),
        'signature_invalid',
      );
    });

    it('two signatures, one of them right, are those of a rotation', async () => {
      const time = NOW();
      const two = (body: Buffer) =>
        `t=${time},v1=${sign(time, body, 'another')},v1=${sign(time, body)}`;
      expectSuccess(await service.deliver('stripe', stripe(two)));
    });
  });

  /** Signed and unusable: stored with its bytes, answered 200 so that it is not sent for days. */
  describe('in a signed body', () => {
    const whole = () => JSON.stringify(stripeEvent('payment_intent.succeeded', intent(unique())));
    const withRaw = (fields: string) => whole().replace(/}$/, `,${fields}}`);
    const MIB = 1024 * 1024;
    const filled = (start: string, filling: string, end = '') =>
      start + filling.repeat(Math.floor((MIB - start.length - end.length) / filling.length)) + end;

    it.each<[string, string, () => string | Buffer]>([
      ['nothing', 'invalid_json', () => ''],
      ['a blank', 'invalid_json', () => ' '],
      ['half an object', 'invalid_json', () => whole().slice(0, -1)],
      ['a byte order mark', 'invalid_json', () => `\ufeff${whole()}`],
      ['a comment', 'invalid_json', () => `${whole()}//`],
      ['NaN', 'invalid_json', () => withRaw('"x":NaN')],
      [
        'XML',
        'invalid_json',
        () =>
          '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
      ],
      ['an array', 'not_object', () => `[${whole()}]`],
      ['null', 'not_object', () => 'null'],
      ['a number', 'not_object', () => '1'],
      ['a string', 'not_object', () => '"x"'],
      ['UTF-16', 'invalid_utf8', () => Buffer.from(`\ufeff${whole()}`, 'utf16le')],
      ['Latin-1', 'invalid_utf8', () => Buffer.from(withRaw('"x":"\xe9"'), 'latin1')],
      ['an overlong NUL', 'invalid_utf8', () => Buffer.from(withRaw('"x":"\xc0\x80"'), 'latin1')],
      [
        'half a surrogate pair in UTF-8',
        'invalid_utf8',
        () => Buffer.from(withRaw('"x":"\xed\xa0\x80"'), 'latin1'),
      ],
      [
        '64 levels more',
        'json_too_deep',
        () => withRaw(`"x":${'{"a":'.repeat(64)}1${'}'.repeat(64)}`),
      ],
      ['1,000 levels', 'json_too_deep', () => `${'['.repeat(1_000)}${']'.repeat(1_000)}`],
      ['5,000 levels', 'json_too_deep', () => `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
      ['a megabyte of brackets', 'json_too_deep', () => filled('', '[')],
      [
        '60,000 keys',
        'too_many_keys',
        () => withRaw(`"x":{${Array.from({ length: 60_000 }, (_, i) => `"${i}":0`).join()}}`),
      ],
      ['its id twice', 'duplicate_key', () => withRaw('"id":"evt_other"')],
      ['its id twice, once escaped', 'duplicate_key', () => withRaw('"\\u0069d":"evt_other"')],
      ['__proto__ twice', 'duplicate_key', () => withRaw('"__proto__":1,"__proto__":2')],
      ['a number beyond a double', 'number_out_of_range', () => withRaw('"x":1e400')],
      ['a megabyte of digits', 'number_out_of_range', () => filled('{"x":', '9', '}')],
      ['a megabyte of backslashes', 'invalid_json', () => filled('{"x":"', '\\\\')],
      ['a megabyte of escapes', 'invalid_json', () => filled('{"x":"', '\\u0041')],
      ['a megabyte of quotes', 'invalid_json', () => filled('', '""')],
      ['a megabyte of blanks', 'invalid_json', () => filled('{', ' ')],
      ['a megabyte of zeros', 'invalid_json', () => filled('{"x":', '0', '}')],
      ['a megabyte of NUL', 'invalid_json', () => filled('', '\0')],
    ])('%s is quarantined as %s', async (_, code, make) => {
      const { body, headers } = signedStripeBytes(make());
      const answer = await service.deliver('stripe', { body, headers });
      expect({ status: answer.status, body: answer.body }).toEqual({
        status: 200,
        body: { status: 'quarantined', code },
      });
      await expectStored(body);
    });

    it.each<[string, object]>([
      ['an object that is a condition of the database client', { not: '' }],
      ['a list', ['evt_1']],
      ['a number', 1],
      ['true', true],
      ['an empty string', ''],
      ['256 characters', 'x'.repeat(256)],
      [
        '3,000 characters that cannot be compressed',
        Array.from({ length: 50 }, () => unique())
          .join('')
          .padEnd(3_000, unique()),
      ],
      ['100,000 characters', 'x'.repeat(100_000)],
      ['a NUL', 'evt_\0'],
      ['half a surrogate pair', 'evt_\ud800'],
      ['a line break', 'evt_\n1'],
      ['a right-to-left override', 'evt_\u202e1'],
      ['SQL', "evt_'; DROP TABLE payments; --"],
    ] as [string, object][])('an event id that is %s is kept, and no 500', async (_, id) => {
      const given = stripeEvent('payment_intent.succeeded', intent(unique()), { id });
      const { body, headers } = signedStripeBytes(JSON.stringify(given));
      const answer = await service.deliver('stripe', { body, headers });
      expect(answer.status).toBe(200);
      const { status, code } = answer.body as { status: string; code?: string };
      if (status === 'quarantined') expect(['id_invalid', 'validation_failed']).toContain(code);
      else expect(status).toBe('success');
      expect(answer.body).not.toHaveProperty('duplicate');
      await expectStored(body);
      // It is known again, whatever became of its id.
      const again = await service.deliver('stripe', { body, headers });
      expect(again.body).toEqual({ ...(answer.body as object), duplicate: true });
    });

    it.each(['\\u0000', '\\ud800', '\\udc00\\ud800', '\\u2028', '\\u001b[2J', '\\u202e'])(
      '%s where nobody looks does no harm',
      async (text) => {
        const { body, headers } = signedStripeBytes(withRaw(`"x":"${text}","${text}":1`));
        expectSuccess(await service.deliver('stripe', { body, headers }));
        await expectStored(body);
      },
    );

    it('keys that every object has change no object', async () => {
      const before = Object.getOwnPropertyNames(Object.prototype);
      const fields = [
        '__proto__',
        'constructor',
        'prototype',
        'toString',
        'hasOwnProperty',
        'then',
        'toJSON',
      ];
      for (const name of fields) {
        const raw = `"${name}":{"polluted":1,"prototype":{"polluted":1},"__proto__":{"polluted":1}}`;
        const { body, headers } = signedStripeBytes(withRaw(raw));
        expectSuccess(await service.deliver('stripe', { body, headers }));
      }
      expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    });

    const signedStripeBytes = (bytes: string | Buffer): Signed => {
      const body = Buffer.from(bytes);
      const time = Math.floor(Date.now() / 1000);
      const digest = createHmac('sha256', STRIPE_SECRET)
        .update(`${time}.`)
        .update(body)
        .digest('hex');
      return { body, headers: { 'Stripe-Signature': `t=${time},v1=${digest}` } };
    };

    /** Once, byte for byte. */
    const expectStored = async (body: Buffer) => {
      const rows = await service.rows<{ body: string; encoding: BufferEncoding }>(
        'SELECT body, body_encoding AS encoding FROM deliveries WHERE body_sha256 = $1',
        [sha256(body)],
      );
      expect(rows).toHaveLength(1);
      expect(Buffer.from(rows[0]!.body, rows[0]!.encoding).equals(body)).toBe(true);
    };
  });

  it('signed by the SDK of Stripe is accepted all the while', async () => {
    const good = signedStripe(stripeEvent('payment_intent.succeeded', intent(unique())));
    expectSuccess(await service.deliver('stripe', good));
  });
});
