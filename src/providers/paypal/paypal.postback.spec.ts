import { type ServerResponse } from 'node:http';

import { type ProviderOptions, type Verification } from '../provider.js';
import { createPaypalProvider } from './paypal.provider.js';
import {
  issue,
  type Issued,
  newKeys,
  NOW,
  SANDBOX,
  signedHeaders,
  type Signing,
  WEBHOOK_ID,
} from './testing/certificates.js';
import { type Received, type StandIn, startStandIn } from './testing/server.js';

const SANDBOX_API = 'https://api-m.sandbox.paypal.com';
const CERTIFICATE_URL = 'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1';
const OPTIONS = { clientId: 'client', clientSecret: 'secret', apiUrl: SANDBOX_API };
const TOKEN = '/v1/oauth2/token';
const VERIFY = '/v1/notifications/verify-webhook-signature';
/** Written anew, 1.0 would be 1, the escapes characters and the last of two equal keys the only one. */
const BODY = Buffer.from('{ "id":"WH-1", "n":1.0, "e":{}, "text":"\\u00e9\\/ $& é" }\n');

const INVALID = { authentic: false, code: 'signature_invalid' };
const UNAVAILABLE = { authentic: false, code: 'verification_unavailable' };
const AUTHENTIC = { authentic: true, verifiedWith: 'ONE' };

let root: Issued;
let leaf: Issued;
let paypal: StandIn;
let faults: string[];
let clock: number;
let provider: ReturnType<typeof createPaypalProvider>;

beforeAll(async () => {
  root = await issue({ subject: 'CN=Root', keys: await newKeys(), ca: true });
  leaf = await issue({ subject: `CN=${SANDBOX}`, keys: await newKeys(), issuer: root });
});

beforeEach(async () => {
  paypal = await startStandIn();
  paypal.answer(CERTIFICATE_URL, (_, response) => response.end(leaf.pem));
  answerToken({ access_token: 'token-1', expires_in: 32_400 });
  answerVerdict({ verification_status: 'SUCCESS' });
  faults = [];
  clock = NOW;
  provider = createPaypalProvider({
    fetch: paypal.fetch,
    now: () => clock,
    roots: [root.pem],
    timeoutMs: 500,
    onFault: (fault) => faults.push(fault),
  });
});
afterEach(() => paypal.close());

type Handler = (request: Received, response: ServerResponse) => void;
const answer = (path: string, how: object | Handler, status = 200) =>
  paypal.answer(
    SANDBOX_API + path,
    typeof how === 'function'
      ? (how as Handler)
      : (_, response) => response.writeHead(status).end(JSON.stringify(how)),
  );
const answerToken = (how: object | Handler, status?: number) => answer(TOKEN, how, status);
const answerVerdict = (how: object | Handler, status?: number) => answer(VERIFY, how, status);
const asked = (path: string) => paypal.received.filter(({ url }) => url.endsWith(path));

async function verify(
  options: ProviderOptions = OPTIONS,
  signing: Partial<Signing> = {},
): Promise<Verification> {
  const body = signing.body ?? BODY;
  const headers = signedHeaders({
    keys: leaf.keys,
    body,
    certificateUrl: CERTIFICATE_URL,
    ...signing,
  });
  return provider.verify(
    {
      body,
      headerValues: (name) =>
        headers.filter(([n]) => n.toLowerCase() === name.toLowerCase()).map(([, v]) => v),
    },
    {
      secrets: [
        { label: 'ZERO', value: '1JE4291016473214C' },
        { label: 'ONE', value: WEBHOOK_ID },
      ],
      options,
      toleranceSeconds: 300,
      now: NOW,
      url: 'https://example.test/webhooks/paypal',
    },
  );
}

describe('PayPal is asked', () => {
  it('with what was received, byte by byte', async () => {
    expect(await verify()).toEqual(AUTHENTIC);
    const [token] = asked(TOKEN);
    expect(token).toMatchObject({
      method: 'POST',
      body: 'grant_type=client_credentials',
      headers: {
        authorization: `Basic ${Buffer.from('client:secret').toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    const [question] = asked(VERIFY);
    expect(question).toMatchObject({
      method: 'POST',
      headers: { authorization: 'Bearer token-1', 'content-type': 'application/json' },
    });
    const sent = question?.body ?? '';
    const signature = signedHeaders({ keys: leaf.keys, body: BODY, certificateUrl: '' })[2]?.[1];
    expect(JSON.parse(sent)).toMatchObject({
      auth_algo: 'SHA256withRSA',
      cert_url: CERTIFICATE_URL,
      transmission_id: 'b2384410-f8d2-11e4-8bf3-77339302725b',
      transmission_sig: signature,
      transmission_time: '2026-11-24T10:00:00Z',
      webhook_id: WEBHOOK_ID,
      webhook_event: { id: 'WH-1' },
    });
    expect(sent.endsWith(`,"webhook_event":${BODY.toString('latin1')}}`)).toBe(true);
  });

  it('and its no is a no, although the signature holds', async () => {
    answerVerdict({ verification_status: 'FAILURE' });
    expect(await verify()).toEqual(INVALID);
    expect(await verify({})).toEqual(AUTHENTIC);
  });

  it('only where the signature holds, and only then', async () => {
    expect(await verify(OPTIONS, { webhookId: 'another0webhook0' })).toEqual(INVALID);
    expect(await verify(OPTIONS, { keys: root.keys })).toEqual(INVALID);
    expect(await verify(OPTIONS, { time: '2026-11-24T11:00:00Z' })).toMatchObject({
      code: 'timestamp_out_of_tolerance',
    });
    expect(asked(TOKEN)).toEqual([]);
    expect(asked(VERIFY)).toEqual([]);
    expect(await verify({})).toEqual(AUTHENTIC);
    expect(asked(VERIFY)).toEqual([]);
  });

  it.each(['', '{"a":1', '{"a":1},"webhook_id":"x"', '{"a":1}}', '[]', '{"a":1,"a":2}', '{}\xff'])(
    'nothing about %j, which could add fields to the question',
    async (text) => {
      expect(await verify(OPTIONS, { body: Buffer.from(text, 'latin1') })).toEqual(INVALID);
      expect(asked(VERIFY)).toEqual([]);
    },
  );

  it.each(['/', '//'])('at an address with a path and %j at its end, too', async (end) => {
    const apiUrl = `https://gateway.internal/paypal${end}`;
    const gateway = 'https://gateway.internal/paypal';
    paypal.answer(gateway + TOKEN, (_, response) =>
      response.end('{"access_token":"t","expires_in":100}'),
    );
    paypal.answer(gateway + VERIFY, (_, response) =>
      response.end('{"verification_status":"SUCCESS"}'),
    );
    expect(await verify({ ...OPTIONS, apiUrl })).toEqual(AUTHENTIC);
  });
});

describe('the token', () => {
  it('is asked for once, and again a minute before it ends', async () => {
    await Promise.all(Array.from({ length: 10 }, () => verify()));
    expect(asked(TOKEN)).toHaveLength(1);
    expect(asked(VERIFY)).toHaveLength(10);
    clock += (32_400 - 60) * 1000 - 1;
    await verify();
    expect(asked(TOKEN)).toHaveLength(1);
    clock += 1;
    await verify();
    expect(asked(TOKEN)).toHaveLength(2);
  });

  it('is of one account', async () => {
    await verify();
    await verify({ ...OPTIONS, clientId: 'another' });
    expect(asked(TOKEN)).toHaveLength(2);
  });

  it('is forgotten when it is refused', async () => {
    await verify();
    answerVerdict({ error: 'invalid_token' }, 401);
    expect(await verify()).toEqual(UNAVAILABLE);
    expect(faults).toEqual(['no verdict of PayPal, which answered 401']);
    answerVerdict({ verification_status: 'SUCCESS' });
    expect(await verify()).toEqual(AUTHENTIC);
    expect(asked(TOKEN)).toHaveLength(2);
  });
});

describe('an event waits for its next attempt', () => {
  it.each<[string, object | Handler, number]>([
    ['fails', { name: 'INTERNAL_SERVER_ERROR' }, 500],
    ['limits', {}, 429],
    ['sends elsewhere', (_, response) => response.writeHead(307, { location: '/' }).end(), 307],
    ['says something new', { verification_status: 'success' }, 200],
    ['says nothing', {}, 200],
    ['says null', (_, response) => response.end('null'), 200],
    ['says no JSON', (_, response) => response.end('<html>'), 200],
    ['says yes with an error', { verification_status: 'SUCCESS' }, 500],
    ['does not answer', () => undefined, 200],
    ['hangs up', (_, response) => response.destroy(), 200],
    ['sends too much', (_, response) => response.end('x'.repeat(70_000)), 200],
  ])('where PayPal %s', async (_, how, status) => {
    answerVerdict(how, status);
    expect(await verify()).toEqual(UNAVAILABLE);
    expect(faults).toHaveLength(1);
    answerVerdict({ verification_status: 'SUCCESS' });
    expect(await verify()).toEqual(AUTHENTIC);
    answerToken(how, status);
    expect(await verify({ ...OPTIONS, clientId: 'another' })).toEqual(UNAVAILABLE);
    expect(faults.join()).not.toMatch(/secret|token-1|<html>/);
  });

  it.each([
    { access_token: 'a' },
    { access_token: 'a', expires_in: '100' },
    { access_token: '', expires_in: 100 },
    { expires_in: 100 },
  ])('where the token is %j', async (token) => {
    answerToken(token);
    expect(await verify()).toEqual(UNAVAILABLE);
    expect(faults).toEqual(['no token of PayPal in its answer']);
  });

  it('where the token cannot stand in a header', async () => {
    answerToken({ access_token: 'a\nb', expires_in: 100 });
    expect(await verify()).toEqual(UNAVAILABLE);
  });

  it('when certificate, token and verdict together take too long', async () => {
    const late =
      (text: string): Handler =>
      (_, response) => {
        setTimeout(() => response.end(text), 300);
      };
    paypal.answer(CERTIFICATE_URL, late(leaf.pem));
    answerToken(late('{"access_token":"token-1","expires_in":100}'));
    expect(await verify()).toEqual(UNAVAILABLE);
    expect(asked(VERIFY)).toEqual([]);
  });

  it.each<ProviderOptions>([{ clientId: 'client' }, { clientSecret: 'secret' }])(
    'where only %j of two credentials is set',
    async (options) => {
      expect(await verify({ ...options, apiUrl: SANDBOX_API })).toEqual(UNAVAILABLE);
      expect(faults).toEqual([
        expect.stringContaining('PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET'),
      ]);
      expect(paypal.received.map(({ url }) => url)).toEqual([CERTIFICATE_URL]);
    },
  );
});

it('an event of the sandbox is none where the API is live', async () => {
  for (const apiUrl of ['https://api-m.paypal.com', 'https://api.paypal.com/']) {
    expect(await verify({ ...OPTIONS, apiUrl })).toEqual(INVALID);
    expect(faults.at(-1)).toContain('PAYPAL_API_URL');
  }
  expect(paypal.received.map(({ url }) => url)).toEqual([CERTIFICATE_URL]);
});
