/** What is answered before anybody looks at a signature, and in which order. */
import {
  createTestApplication,
  type Answer,
  type TestApplication,
} from '../support/application.js';
import { expectProblem } from '../support/problems.js';
import { head, RawConnection } from '../support/raw-http.js';
import { signedBy, signedGeneric, unique, type Signed } from '../support/signed.js';

const LIMIT = 64 * 1024;
const OFF_SECRET = 'secret-of-a-source-that-is-off';
const HOST = 'Host: localhost';
const POST = 'POST /webhooks/generic HTTP/1.1';

describe('the edge of /webhooks', () => {
  let service: TestApplication;
  let slow: Awaited<ReturnType<typeof startSlowly>>;
  const connections: RawConnection[] = [];

  beforeAll(async () => {
    service = await createTestApplication({
      env: { BODY_LIMIT: String(LIMIT) },
      sources: [{ name: 'off', provider: 'generic', secrets: [OFF_SECRET], enabled: false }],
    });
  });
  beforeAll(async () => {
    slow = await startSlowly();
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

  /** A whole request as bytes. */
  const request = ({ body, headers }: Signed, ...more: string[]): Buffer =>
    Buffer.concat([
      Buffer.from(
        head(
          POST,
          HOST,
          `Content-Length: ${body.length}`,
          ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
          ...more,
        ),
      ),
      body,
    ]);

  const isStored = async ({ body }: Signed): Promise<boolean> => {
    const { event_id: id } = JSON.parse(body.toString()) as { event_id: string };
    return (
      (await service.rows('SELECT 1 FROM webhook_events WHERE event_id = $1', [id])).length > 0
    );
  };

  /** Connections that are too slow; begun with the first test, since they take seconds to end. */
  const startSlowly = async () => {
    const delivery = signed();
    const started = Date.now();
    const begin = async (bytes: string | Buffer) => {
      const connection = await RawConnection.open(service.port);
      return bytes.length === 0 ? connection : connection.send(bytes);
    };
    const answerOf = async (connection: RawConnection) => {
      const answer = await connection.answer();
      await connection.end();
      return { answer, after: Date.now() - started };
    };
    const silent = await begin('');
    return {
      delivery,
      headers: answerOf(await begin(`${POST}\r\n${HOST}\r\n`)),
      body: answerOf(await begin(request(delivery).subarray(0, -1))),
      nothing: silent.end().then(() => Date.now() - started),
    };
  };

  const expectSuccess = (answer: Answer) => {
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 200,
      body: { status: 'success' },
    });
  };

  describe('the address', () => {
    it.each(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'])(
      '%s of an unknown source',
      async (method) => {
        for (const name of ['nobody', 'off']) {
          const answer = await service.fetch(`/webhooks/${name}`, { method });
          expectProblem(answer, 404, 'source_not_found');
        }
      },
    );

    it('tells nobody that a source is switched off, not even its owner', async () => {
      const delivery = signedBy('generic', JSON.stringify(event()), OFF_SECRET);
      expectProblem(await service.deliver('off', delivery), 404, 'source_not_found');
    });

    it.each([
      '/webhooks/generic/',
      '/webhooks/generic/more',
      '/webhooks//generic',
      '//webhooks/generic',
      '/webhooks/Generic',
      '/Webhooks/generic',
      '/webhooks/gener%69c',
      '/webhooks/%',
      '/webhooks/%00',
      '/webhooks/..%2fapi',
      '/webhooks/generic%2f',
      '/webhooks/generic;a=b',
      '/webhooks/-generic',
      `/webhooks/${'x'.repeat(64)}`,
      '/webhooks/',
      '/webhooks',
    ])('%s is another address', async (path) => {
      const delivery = signed();
      const connection = await open();
      const bytes = request(delivery).toString('latin1').replace(POST, `POST ${path} HTTP/1.1`);
      connection.send(Buffer.from(bytes, 'latin1'));
      expectProblem(await connection.answer(), 404, 'not_found');
      expect(await isStored(delivery)).toBe(false);
    });

    it('ignores a query', async () => {
      const { body, headers } = signed();
      const path = '/webhooks/generic?tenant=1&x=%00&y=/webhooks/stripe';
      expectSuccess(await service.fetch(path, { method: 'POST', headers, body }));
    });

    it('ignores the absolute form', async () => {
      const bytes = request(signed()).toString('latin1');
      const line = 'POST http://shop.example/webhooks/generic?a=b HTTP/1.1';
      const connection = await open();
      connection.send(Buffer.from(bytes.replace(POST, line), 'latin1'));
      expectSuccess(await connection.answer());
    });

    it('ignores an Upgrade', async () => {
      const connection = await open();
      const upgrade = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AA'];
      connection.send(request(signed(), ...upgrade));
      expectSuccess(await connection.answer());
      connection.send(request(signed()));
      expectSuccess(await connection.answer());
    });
  });

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'does not take %s',
    async (method) => {
      const answer = await service.fetch('/webhooks/generic', { method });
      expect(answer.headers.get('allow')).toBe('POST');
      if (method === 'HEAD') expect(answer.status).toBe(405);
      else expectProblem(answer, 405, 'method_not_allowed');
    },
  );

  describe('the content', () => {
    it.each([
      ['content_encoding_unsupported', ['Content-Encoding: gzip']],
      ['content_encoding_unsupported', ['Content-Encoding: br', 'Content-Type: text/plain']],
      ['content_encoding_unsupported', ['Content-Encoding: identity, gzip']],
      ['content_type_unsupported', ['Content-Type: text/plain']],
      ['content_type_unsupported', ['Content-Type: application/x-www-form-urlencoded']],
      ['content_type_unsupported', ['Content-Type: application/jsonx']],
      ['content_type_unsupported', ['Content-Type: application/json; charset=latin1']],
      ['content_type_unsupported', ['Content-Type: application/json, text/plain']],
      ['content_type_unsupported', ['Content-Type: application/json', 'Content-Type: text/plain']],
      [
        'content_type_unsupported',
        ['Content-Type: application/json', 'Content-Type: application/json'],
      ],
    ])('is %s with %j', async (code, headers) => {
      const delivery = signed();
      const connection = await open();
      connection.send(request(delivery, ...headers));
      expectProblem(await connection.answer(), 415, code);
      expect(await isStored(delivery)).toBe(false);
    });

    it.each([
      [[]],
      [['Content-Encoding: identity']],
      [['Content-Type: APPLICATION/JSON']],
      [['Content-Type: application/json;charset=UTF-8']],
      [['content-type: application/json ; v=1; Charset="utf-8"']],
    ])('is accepted with %j', async (headers) => {
      const connection = await open();
      connection.send(request(signed(), ...headers));
      expectSuccess(await connection.answer());
    });
  });

  describe('the size', () => {
    const padded = (size: number): Signed => {
      const plain = JSON.stringify(event({ padding: '' }));
      const body = plain.replace('"padding":""', `"padding":"${'x'.repeat(size - plain.length)}"`);
      return signedGeneric(body);
    };

    it('is accepted up to the limit', async () => {
      expect(padded(LIMIT).body).toHaveLength(LIMIT);
      expectSuccess(await service.deliver('generic', padded(LIMIT)));
    });

    it('is refused by Content-Length before the first byte, and the connection closes', async () => {
      const connection = await open();
      connection.send(head(POST, HOST, `Content-Length: ${LIMIT + 1}`));
      const answer = await connection.answer();
      expectProblem(answer, 413, 'body_too_large');
      expect(answer.headers.get('connection')).toBe('close');
      await connection.end();
    });

    it('is refused as soon as chunks pass the limit, and the connection closes', async () => {
      const connection = await open();
      connection.send(head(POST, HOST, 'Transfer-Encoding: chunked'));
      const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
      connection.send(chunk.repeat(LIMIT / 0x4000), '1\r\nx');
      expectProblem(await connection.answer(), 413, 'body_too_large');
      await connection.end();
    });

    it('of a body in chunks is what it is', async () => {
      const { body, headers } = signed();
      const connection = await open();
      connection.send(
        head(POST, HOST, 'Transfer-Encoding: Chunked', `X-Signature: ${headers['X-Signature']}`),
      );
      for (const byte of [body.subarray(0, 1), body.subarray(1, 9), body.subarray(9)]) {
        connection.send(`${byte.length.toString(16)}\r\n`, byte, '\r\n');
      }
      connection.send('0\r\n\r\n');
      expectSuccess(await connection.answer());
    });

    it('beyond the limit is told to who expects 100, instead of it', async () => {
      const connection = await open();
      connection.send(head(POST, HOST, `Content-Length: ${LIMIT + 1}`, 'Expect: 100-continue'));
      expectProblem(await connection.answer(), 413, 'body_too_large');
      await connection.end();
    });

    it('within the limit gets its 100', async () => {
      const bytes = request(signed(), 'Expect: 100-continue');
      const end = bytes.indexOf('\r\n\r\n') + 4;
      const connection = await open();
      connection.send(bytes.subarray(0, end));
      expect((await connection.answer()).status).toBe(100);
      connection.send(bytes.subarray(end));
      expectSuccess(await connection.answer());
    });

    it('gets no 100 where there is nothing to send for', async () => {
      const connection = await open();
      const line = 'POST /webhooks/nobody HTTP/1.1';
      connection.send(head(line, HOST, 'Content-Length: 9', 'Expect: 100-continue'));
      expectProblem(await connection.answer(), 404, 'source_not_found');
    });

    it('does not depend on an expectation that nobody knows', async () => {
      const connection = await open();
      connection.send(request(signed(), 'Expect: tea'));
      expectSuccess(await connection.answer());
    });
  });

  describe('the framing', () => {
    it.each([
      ['two Host headers', [HOST, 'Host: shop.example', 'Content-Length: 0']],
      ['two equal Host headers', [HOST, HOST, 'Content-Length: 0']],
      ['another transfer coding', [HOST, 'Transfer-Encoding: gzip, chunked']],
    ])('is ambiguous with %s', async (_, headers) => {
      const connection = await open();
      connection.send(head(POST, ...headers), '0\r\n\r\n');
      expectProblem(await connection.answer(), 400, 'ambiguous_request');
      await connection.end();
    });

    it.each([
      ['garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
      ['no Host', head(POST, 'Content-Length: 0')],
      ['two lengths', head(POST, HOST, 'Content-Length: 1', 'Content-Length: 2')],
      [
        'a length beside chunks',
        head(POST, HOST, 'Content-Length: 1', 'Transfer-Encoding: chunked'),
      ],
      [
        'chunked twice',
        head(POST, HOST, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked') + '0\r\n\r\n',
      ],
      ['a negative length', head(POST, HOST, 'Content-Length: -1')],
      ['a space before a colon', head(POST, HOST, 'Content-Length : 0')],
      ['a folded header', head(POST, HOST, 'X-A: 1', ' 2', 'Content-Length: 0')],
      ['a NUL in a header', head(POST, HOST, 'X-A: a\0b', 'Content-Length: 0')],
      ['a chunk of no size', head(POST, HOST, 'Transfer-Encoding: chunked') + 'zz\r\n'],
      ['an unknown version', head('POST /webhooks/generic HTTP/3.7', HOST)],
      ['an unknown method', head('TELEPORT /webhooks/generic HTTP/1.1', HOST)],
    ])('is broken with %s', async (_, bytes) => {
      const connection = await open();
      connection.send(Buffer.from(bytes, 'latin1'));
      expectProblem(await connection.answer(), 400, 'bad_request');
      await connection.end();
    });

    it.each([
      ['headers', head(POST, HOST, `X-A: ${'a'.repeat(20_000)}`)],
      ['an address', head(`POST /webhooks/${'a'.repeat(20_000)} HTTP/1.1`, HOST)],
    ])('is too large with 20 kB of %s', async (_, bytes) => {
      const connection = await open();
      connection.send(bytes);
      expectProblem(await connection.answer(), 431, 'headers_too_large');
      await connection.end();
    });

    it('answers requests on one connection in their order', async () => {
      const [first, second] = [signed(), signed()];
      const unsigned = { ...signed(), headers: {} };
      const connection = await open();
      connection.send(request(first), request(unsigned), request(second), request(first));
      expectSuccess(await connection.answer());
      expectProblem(await connection.answer(), 401, 'signature_missing');
      expectSuccess(await connection.answer());
      expect((await connection.answer()).body).toEqual({ status: 'success', duplicate: true });
    });

    it('answers what came whole before it answers the garbage after it', async () => {
      const connection = await open();
      connection.send(request(signed()), request(signed()), 'garbage\r\n\r\n');
      expectSuccess(await connection.answer());
      expectSuccess(await connection.answer());
      expectProblem(await connection.answer(), 400, 'bad_request');
      await connection.end();
    });

    it('writes nothing of a body that broke off', async () => {
      const delivery = signed();
      const bytes = request(delivery);
      const before = await service.allRows();
      const connection = await open();
      connection.send(bytes.subarray(0, bytes.length - 1));
      await new Promise((resolve) => setTimeout(resolve, 50));
      connection.abort();
      // What comes later is answered, so the broken one was given up.
      expectProblem(
        await service.deliver('generic', { ...delivery, headers: {} }),
        401,
        'signature_missing',
      );
      expect(await service.allRows()).toEqual(before);
    });

    it('is cut off when it is too slow', async () => {
      const { headers, body, nothing, delivery } = slow;

      expectProblem((await headers).answer, 408, 'request_timeout');
      expect((await headers).after).toBeLessThan(10_000);
      expectProblem((await body).answer, 408, 'request_timeout');
      expect((await body).after).toBeGreaterThan(7_900);
      expect((await body).after).toBeLessThan(16_000);
      expect(await nothing).toBeLessThan(12_000);
      expect(await isStored(delivery)).toBe(false);
    });
  });

  /** Each request has a fault less than the one before, so each answer is the first that applies. */
  it('answers the first fault that applies', async () => {
    const faults: [RegExp | string, string, number, string][] = [
      [`${HOST}\r\n${HOST}`, HOST, 400, 'ambiguous_request'],
      ['/webhooks/nobody', '/webhooks/generic', 404, 'source_not_found'],
      ['PUT', 'POST', 405, 'method_not_allowed'],
      ['Content-Encoding: gzip', 'X: y', 415, 'content_encoding_unsupported'],
      ['Content-Type: text/plain', 'X: y', 415, 'content_type_unsupported'],
      [`Content-Length: ${LIMIT + 1}`, 'Content-Length: 0', 413, 'body_too_large'],
      ['X-Unsigned: y', 'X-Signature: 00', 401, 'signature_missing'],
      ['X-Signature: 00', '', 401, 'signature_invalid'],
    ];
    const first = faults.slice(0, 7).map(([fault]) => fault);
    let bytes = head(
      `PUT ${first[1] as string} HTTP/1.1`,
      first[0] as string,
      ...(first.slice(3) as string[]),
    );
    for (const [fault, cure, status, code] of faults) {
      const connection = await open();
      connection.send(bytes);
      expectProblem(await connection.answer(), status, code);
      bytes = bytes.replace(fault, cure);
    }
  });
});
