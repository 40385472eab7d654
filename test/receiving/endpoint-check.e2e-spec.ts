/** A provider's own check of its endpoint, over HTTP: answered where there is one, 405 everywhere else. */
import { braintreeProvider } from '../../src/providers/braintree/braintree.provider.js';
import { officialGateway } from '../../src/providers/braintree/testing/official.js';
import {
  type Answer,
  createTestApplication,
  type TestApplication,
} from '../support/application.js';
import { createTestDirectory } from '../support/database.js';
import { expectProblem } from '../support/problems.js';
import { createSigner, type TestSigner } from '../support/signer.js';

const CHALLENGE = '20f9f8ed05f77439fe955c977e4c8a53';

describe('the check of an endpoint', () => {
  let service: TestApplication;
  let first: TestSigner;
  let second: TestSigner;

  beforeAll(async () => {
    const directory = await createTestDirectory();
    first = await createSigner(braintreeProvider, directory);
    second = await createSigner(braintreeProvider, directory, 1);
    const source = { provider: 'braintree', secrets: [second.secret] };
    const options = { ...second.options, publicKey: 'another_public_key' };
    service = await createTestApplication({
      env: first.env,
      sources: [
        { ...source, name: 'braintree-eu', options },
        {
          ...source,
          name: 'switched-off',
          secrets: ['a-third-private-key'],
          options,
          enabled: false,
        },
      ],
    });
  });
  afterAll(() => service.close());

  const ask = (path: string, method = 'GET') => service.fetch(`/webhooks/${path}`, { method });
  const expectRefusal = (answer: Answer) => {
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe('POST');
  };

  it('is answered with the keys of the source, as plain text', async () => {
    const publicKey = first.options.publicKey ?? '';
    for (const [source, key, secret] of [
      ['braintree', publicKey, first.secret],
      ['braintree-eu', 'another_public_key', second.secret],
    ] as const) {
      const answer = await ask(`${source}?bt_challenge=${CHALLENGE}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      const expected = officialGateway(key, secret).webhookNotification.verify(CHALLENGE);
      expect(String(answer.body)).toBe(expected);
    }
  });

  it('is answered whatever else stands in the query', async () => {
    const answer = await ask(`braintree?a=b&bt_challenge=${CHALLENGE}&c`);
    expect(answer.status).toBe(200);
  });

  it.each([
    '',
    '?',
    '?bt_challenge=',
    '?bt_challenge=short',
    `?bt_challenge=${CHALLENGE.toUpperCase()}`,
    `?bt_challenge=${CHALLENGE}0`,
    `?bt_challenge=${CHALLENGE}%0A`,
    `?bt_challenge=${CHALLENGE}&bt_challenge=${CHALLENGE}`,
    '?bt_challenge=%ff%fe',
    `?challenge=${CHALLENGE}`,
  ])('is none where the query is %j', async (query) => {
    expectRefusal(await ask(`braintree${query}`));
  });

  it.each(['PUT', 'DELETE', 'OPTIONS', 'PATCH'])('is none by %s', async (method) => {
    expectRefusal(await ask(`braintree?bt_challenge=${CHALLENGE}`, method));
  });

  it('is none by HEAD', async () => {
    const answer = await ask(`braintree?bt_challenge=${CHALLENGE}`, 'HEAD');
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it('is none at a provider that checks no endpoint', async () => {
    for (const source of ['generic', 'stripe']) {
      expectRefusal(await ask(`${source}?bt_challenge=${CHALLENGE}`));
    }
  });

  it('is none at a source that is unknown or switched off', async () => {
    for (const source of ['nobody', 'switched-off']) {
      expectProblem(await ask(`${source}?bt_challenge=${CHALLENGE}`), 404, 'source_not_found');
    }
    expectProblem(await ask(`braintree/?bt_challenge=${CHALLENGE}`), 404, 'not_found');
  });

  it('gives nobody a webhook, and leaves nothing behind', async () => {
    const signature = String((await ask(`braintree?bt_challenge=${CHALLENGE}`)).body);
    const form = new URLSearchParams({ bt_signature: signature, bt_payload: CHALLENGE });
    const answer = await service.deliver('braintree', {
      body: Buffer.from(form.toString()),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expectProblem(answer, 401, 'signature_invalid');
    expect(await service.rows('SELECT 1 FROM deliveries')).toEqual([]);
  });
});

describe('a body that is no JSON', () => {
  let service: TestApplication;
  let signer: TestSigner;

  beforeAll(async () => {
    signer = await createSigner(braintreeProvider, await createTestDirectory());
    service = await createTestApplication({ env: signer.env });
  });
  afterAll(() => service.close());

  const send = (document: string) => {
    const form = new URLSearchParams({ bt_payload: Buffer.from(document).toString('base64') });
    const body = Buffer.from(form.toString());
    return service.deliver('braintree', signer.sign({ body, expect: 'quarantined' }));
  };

  it('has the content type of its provider and no other', async () => {
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
      const answer = await service.deliver('braintree', {
        body: Buffer.from('{}'),
        headers: { 'Content-Type': type },
      });
      expectProblem(answer, 415, 'content_type_unsupported');
    }
  });

  it('is stored and quarantined where it cannot be read', async () => {
    for (const document of ['no XML', '<a>', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']) {
      const answer = await send(document);
      expect(answer).toMatchObject({
        status: 200,
        body: { status: 'quarantined', code: 'invalid_json' },
      });
    }
    const deliveries = await service.rows<{ body: string }>('SELECT body FROM deliveries');
    expect(deliveries).toHaveLength(3);
    for (const { body } of deliveries) expect(body).toMatch(/^bt_signature=/);
  });
});
