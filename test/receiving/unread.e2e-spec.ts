/** Bodies that nobody reads: of a request that is answered before them, of one that never ends. */
import {
  createTestApplication,
  type Answer,
  type TestApplication,
} from '../support/application.js';
import { expectProblem } from '../support/problems.js';
import { head, RawConnection } from '../support/raw-http.js';
import { signedGeneric, unique } from '../support/signed.js';

const HOST = 'Host: localhost';
const MIB = 1024 * 1024;
const ENOUGH = 256 * MIB;
const CHUNK = `10000\r\n${'x'.repeat(0x10000)}\r\n`;

describe('a body that is not read', () => {
  let service: TestApplication;
  const connections: RawConnection[] = [];

  beforeAll(async () => {
    service = await createTestApplication({ env: { BODY_LIMIT: '1mb' } });
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

  /** Sends for as long as the peer takes it; the bytes that were taken. */
  const pour = async (connection: RawConnection): Promise<number> => {
    let taken = 0;
    while (taken < ENOUGH && (await connection.write(CHUNK))) taken += CHUNK.length;
    return taken;
  };

  it.each<[string, string[], number, string | null]>([
    ['POST /webhooks/generic HTTP/1.1', [], 413, 'body_too_large'],
    ['POST /webhooks/nobody HTTP/1.1', [], 404, 'source_not_found'],
    ['PUT /webhooks/generic HTTP/1.1', [], 405, 'method_not_allowed'],
    [
      'POST /webhooks/generic HTTP/1.1',
      ['Content-Encoding: gzip'],
      415,
      'content_encoding_unsupported',
    ],
    ['POST /api/events/replay HTTP/1.1', [], 401, 'unauthorized'],
    ['POST /nowhere HTTP/1.1', [], 404, 'not_found'],
    ['GET /livez HTTP/1.1', [], 200, null],
  ])('of %s %j ends with the answer, if it is endless', async (line, headers, status, code) => {
    for (const length of ['Transfer-Encoding: chunked', 'Content-Length: 99999999999']) {
      const connection = await open();
      connection.send(head(line, HOST, ...headers, length));
      // What is read is refused when it passes the limit; all else is answered before.
      if (code === 'body_too_large') connection.send(CHUNK.repeat(MIB / 0x10000), '1\r\nx');
      const answer = await connection.answer();
      if (code === null) expect(answer.status).toBe(status);
      else expectProblem(answer, status, code);
      // Both systems hold some in between.
      expect(await pour(connection)).toBeLessThan(ENOUGH / 2);
      await connection.end();
    }
  });

  it('is dropped where little of it is left, and the connection serves on', async () => {
    const success = (answer: Answer) => expect(answer.body).toEqual({ status: 'success' });
    const connection = await open();
    connection.send(head('POST /webhooks/nobody HTTP/1.1', HOST, 'Content-Length: 60000'));
    expectProblem(await connection.answer(), 404, 'source_not_found');
    const { body, headers } = signedGeneric({
      event_type: 'payment_pending',
      transaction_id: unique(),
    });
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const next = head(
      'POST /webhooks/generic HTTP/1.1',
      HOST,
      `Content-Length: ${body.length}`,
      ...lines,
    );
    connection.send('x'.repeat(60_000), next, body);
    success(await connection.answer());
  });
});
