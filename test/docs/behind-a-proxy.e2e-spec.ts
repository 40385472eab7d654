/** The configurations of docs/behind-a-proxy.md, in front of a service. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import {
  ADMIN_TOKEN,
  createTestApplication,
  STRIPE_SECRET,
  type TestApplication,
} from '../support/application.js';
import { createTestDirectory } from '../support/database.js';
import { signedBy, signedGeneric, type Signed, unique } from '../support/signed.js';
import { freePorts } from './support/free-ports.js';
import {
  CADDY,
  type Certificate,
  makeCertificate,
  NGINX,
  type Ports,
  type RunningProxy,
} from './support/proxy.js';

const HOOKS = new URL('../properties/support/typescript.mjs', import.meta.url).href;
const SIMULATE = fileURLToPath(new URL('../../src/cli/simulate.ts', import.meta.url));

const KEY = 'signature-key-of-the-tests';
const ENV = {
  PUBLIC_URL: 'https://shop.example/pay',
  SQUARE_WEBHOOK_SIGNATURE_KEY: KEY,
  BRAINTREE_MERCHANT_ID: 'merchant-of-the-tests',
  BRAINTREE_PUBLIC_KEY: 'public-key-of-the-tests',
  BRAINTREE_PRIVATE_KEY: 'private-key-of-the-tests',
};

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface RequestOptions {
  readonly method?: string;
  readonly headers?: object;
  /** Of the body; without a Content-Length they are sent as chunks. */
  readonly pieces?: readonly Buffer[];
  /** Where the name of the host does not say it. */
  readonly port?: number | undefined;
}

describe.each([NGINX, CADDY])('behind $name', (proxy) => {
  if (proxy.program === null) {
    const cure = `apt-get install ${proxy === NGINX ? 'nginx-light' : 'caddy'}`;
    process.stderr.write(
      `\nNO ${proxy.name}: its configuration is not tested. Install it: ${cure}\n\n`,
    );
    it.skip(`is skipped, since ${proxy.name} is not installed`, () => undefined);
    return;
  }

  let service: TestApplication;
  let certificate: Certificate;
  let ports: Ports;
  let running: RunningProxy | undefined;

  beforeAll(async () => {
    service = await createTestApplication({ env: ENV });
    const directory = await createTestDirectory();
    certificate = await makeCertificate(directory);
    const [outside, inside] = await freePorts(2);
    ports = { services: [service.port], outside: outside!, inside: inside! };
    running = await proxy.start(directory, ports, certificate);
  }, 120_000);
  afterAll(async () => {
    await running?.stop();
    await service.close();
  });

  /** A request to a host of the page, with the path as it is given. */
  const ask = async (host: string, path: string, options: RequestOptions = {}): Promise<Answer> => {
    const { method = 'GET', headers = {}, pieces = [] } = options;
    const { port = host === 'payments.internal' ? ports.inside : ports.outside } = options;
    const request = https.request({
      host: '127.0.0.1',
      port,
      servername: host,
      ca: readFileSync(certificate.cert),
      agent: false,
      method,
      path,
      headers: { Host: host, ...headers },
    });
    for (const piece of pieces) request.write(piece);
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { status: response.statusCode!, headers: response.headers, body: await text(response) };
  };
  const deliver = (path: string, { body, headers }: Signed, more: object = {}, port?: number) =>
    ask('payments.example.com', path, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...headers,
        'Content-Length': body.length,
        ...more,
      },
      pieces: [body],
      port,
    });
  /** Says whether the service itself has answered. */
  const isOfService = ({ headers }: Answer) => headers['x-request-id'] !== undefined;
  const event = (fields: object = {}) => ({
    event_type: 'payment_success',
    transaction_id: unique(),
    amount: '49.99',
    ...fields,
  });

  it('verifies the address that Square signs, below a path', async () => {
    const args = ['--source', 'square', '--scenario', 'refunded', '--url'];
    const child = spawn(
      process.execPath,
      ['--import', HOOKS, SIMULATE, ...args, `https://localhost:${ports.outside}/pay`],
      {
        cwd: await createTestDirectory(),
        env: {
          ...process.env,
          ...ENV,
          DATABASE_URL: service.database.url,
          NODE_EXTRA_CA_CERTS: certificate.cert,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const exit = once(child, 'close') as Promise<[number | null]>;
    const [said, failed] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = await exit;
    expect({ code, said: said + failed }).toMatchObject({
      code: 0,
      said: expect.stringContaining('unexpected   0') as string,
    });
    const { data } = await service.api<{ data: object[] }>('payments?source=square');
    expect(data).toMatchObject([{ status: 'refunded', amountRefunded: 4999 }]);
  });

  it('passes on the bytes as they came, in one piece or in several', async () => {
    const note = `\u00e9 \\u00e9 ${'y'.repeat(900_000)}`;
    const odd = `\r\n\t{ "note" :  "${note}",${JSON.stringify(event()).slice(1)}\n\n`;
    const whole = signedGeneric(odd);
    expect(await deliver('/webhooks/generic', whole)).toMatchObject({
      status: 200,
      body: '{"status":"success"}',
    });
    const { body, headers } = signedGeneric(`${JSON.stringify(event())}\n\n`);
    const answer = await ask('payments.example.com', '/webhooks/generic', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      pieces: [body.subarray(0, 10), body.subarray(10)],
    });
    expect(answer).toMatchObject({ status: 200, body: '{"status":"success"}' });
  });

  it('passes on the headers of a signature, and what it adds itself changes nothing', async () => {
    const stripe = signedBy('stripe', '{}', STRIPE_SECRET);
    const forged = {
      'X-Forwarded-Host': 'evil.example',
      Forwarded: 'host=evil.example;proto=http',
    };
    // Authentic, and no event.
    const answer = await deliver('/webhooks/stripe', stripe, forged);
    expect(answer).toMatchObject({ status: 200 });
    expect(JSON.parse(answer.body)).toMatchObject({ status: 'quarantined' });
  });

  it('decompresses nothing', async () => {
    const zipped = signedGeneric(gzipSync(JSON.stringify(event())));
    const answer = await deliver('/webhooks/generic', zipped, { 'Content-Encoding': 'gzip' });
    expect(answer.status).toBe(415);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'content_encoding_unsupported' });
  });

  it('leaves it to the service to refuse a body that is too large', async () => {
    const answer = await deliver('/webhooks/generic', signedGeneric(' '.repeat(1024 * 1024 + 1)));
    // Refused before it was read, and the connection closed: a proxy that still writes may answer 502.
    expect([413, 502]).toContain(answer.status);
    const refusals = await service.api<{ data: object[] }>('refusals?source=generic');
    expect(refusals.data).toContainEqual(expect.objectContaining({ code: 'body_too_large' }));
  });

  it.each([
    ['payments.example.com', '/webhooks/generic/'],
    ['payments.example.com', '/webhooks//generic'],
    ['payments.example.com', '/webhooks/Generic'],
    ['payments.example.com', '//webhooks/generic'],
    ['localhost', '/pay/webhooks/generic/'],
    // Caddy makes one slash of two where it takes a prefix off.
    ...(proxy === NGINX ? [['localhost', '/pay/webhooks//generic']] : []),
  ] as [string, string][])('makes no address of %s%s', async (host, path) => {
    const { body, headers } = signedGeneric(event());
    const all = { 'Content-Type': 'application/json', ...headers };
    const answer = await ask(host, path, { method: 'POST', headers: all, pieces: [body] });
    expect(answer.status).toBe(404);
  });

  it('passes on the method and the query', async () => {
    const answer = await ask('payments.example.com', '/webhooks/generic');
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    const challenge = `/webhooks/braintree?bt_challenge=${'0123456789abcdef'.repeat(2)}`;
    for (const [host, path] of [
      ['payments.example.com', challenge],
      ['localhost', `/pay${challenge}`],
    ] as const) {
      const checked = await ask(host, path);
      expect(checked.status).toBe(200);
      expect(checked.body).toMatch(/^public-key-of-the-tests\|[0-9a-f]{40}$/);
    }
  });

  it.each([
    ['payments.example.com', '/'],
    ['payments.example.com', '/api/payments'],
    ['payments.example.com', '/webhooks/../api/payments'],
    ['payments.example.com', '/webhooks/%2e%2e/api/payments'],
    ['payments.example.com', '/dashboard'],
    ['payments.example.com', '/docs'],
    ['payments.example.com', '/openapi.json'],
    ['payments.example.com', '/metrics'],
    ['payments.example.com', '/livez'],
    ['payments.example.com', '/readyz'],
    ['localhost', '/webhooks/generic'],
    ['localhost', '/pay/api/payments'],
    ['localhost', '/pay/webhooks/../api/payments'],
    ['localhost', '/pay'],
  ])('shows nothing at %s%s', async (host, path) => {
    const answer = await ask(host, path, { headers: { Authorization: `Bearer ${ADMIN_TOKEN}` } });
    expect(answer.status).toBe(404);
    expect(isOfService(answer)).toBe(false);
  });

  it('shows the rest inside', async () => {
    const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` };
    const payments = await ask('payments.internal', '/api/payments?limit=1', { headers });
    expect(payments.status).toBe(200);
    expect(await ask('payments.internal', '/readyz')).toMatchObject({ status: 200 });
    expect(isOfService(payments)).toBe(true);
  });

  it('gives a request to another process where one answers 503', async () => {
    const broken = await createTestApplication();
    await broken.database.drop();
    const [outside, inside] = await freePorts(2);
    const both = { services: [broken.port, service.port], outside: outside!, inside: inside! };
    const balancer = await proxy.start(await createTestDirectory(), both, certificate);
    try {
      const statuses = async () => {
        const answers: number[] = [];
        for (let n = 0; n < 6; n += 1) {
          const { status } = await deliver(
            '/webhooks/generic',
            signedGeneric(event()),
            {},
            outside,
          );
          answers.push(status);
        }
        return answers;
      };
      // Caddy asks /readyz, and knows only after a while.
      const until = Date.now() + (proxy === CADDY ? 20_000 : 0);
      let answers = await statuses();
      while (answers.some((status) => status !== 200) && Date.now() < until)
        answers = await statuses();
      expect(answers).toEqual(Array(6).fill(200));
    } finally {
      await balancer.stop();
      await broken.close();
    }
  }, 60_000);

  // The last one, since the database is gone behind it.
  it('passes 503 and Retry-After on', async () => {
    await service.database.drop();
    const answer = await deliver('/webhooks/generic', signedGeneric(event()));
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'storage_unavailable' });
  });
});
