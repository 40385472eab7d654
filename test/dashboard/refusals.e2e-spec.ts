/** What was refused lately explains itself, without a value of what was sent. */
import { type RefusalsDto } from '../../src/dashboard/refusal.dto.js';
import { createTestApplication, type TestApplication } from '../support/application.js';
import { expectProblem } from '../support/problems.js';
import { signedGeneric, signedStripe, unique } from '../support/signed.js';
import { intent, stripeEvent } from '../support/stripe-events.js';

describe('the refusals', () => {
  let service: TestApplication;
  beforeEach(async () => {
    service = await createTestApplication({ env: { BODY_LIMIT: '4kb' } });
  });
  afterEach(() => service.close());

  const refusals = async (query = ''): Promise<RefusalsDto> =>
    service.api<RefusalsDto>(`refusals${query}`);
  const event = () => stripeEvent('payment_intent.succeeded', intent(unique()));

  it('are none at first', async () => {
    const { data, since } = await refusals();
    expect(data).toEqual([]);
    expect(Date.parse(since)).toBeLessThanOrEqual(Date.now());
  });

  it('have what was wrong with a secret, by the names of its headers', async () => {
    const signed = signedStripe(event(), 'whsec_of-another-endpoint');
    const answer = await service.deliver('stripe', signed);
    expectProblem(answer, 401, 'signature_invalid');

    const { data } = await refusals();

    expect(data).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        source: 'stripe',
        code: 'signature_invalid',
        status: 401,
        requestId: answer.headers.get('x-request-id'),
        method: 'POST',
        headerNames: expect.arrayContaining(['content-type', 'stripe-signature']) as string[],
        contentType: 'application/json',
        bodySize: signed.body.length,
        hint: expect.stringContaining('STRIPE_WEBHOOK_SECRET') as string,
      },
    ]);
    const text = JSON.stringify(data);
    expect(text).not.toContain(signed.headers['Stripe-Signature']);
    expect(text).not.toContain(service.settings.sources[0]!.secrets[0]!.value);
  });

  it('are of every kind that a first day has', async () => {
    const post = (path: string, headers: Record<string, string>, body = '{}') =>
      service.fetch(path, { method: 'POST', headers, body });
    await post('/webhooks/stripe', { 'Content-Type': 'application/json' });
    await service.deliver('stripe', signedStripe(event(), undefined, Date.now() - 3_600_000));
    await post('/webhooks/stripe', { 'Content-Type': 'text/html' });
    await post('/webhooks/stripe', { 'Content-Encoding': 'gzip' });
    await post('/webhooks/stripe', { 'Content-Type': 'application/json' }, 'x'.repeat(5_000));
    await service.fetch('/webhooks/stripe');
    await post('/webhooks/stirpe', {});
    await post('/webhooks/stripe/', {});

    const { data } = await refusals();

    expect(data.map(({ code, source }) => `${source} ${code}`).sort()).toEqual(
      [
        'stripe signature_missing',
        'stripe timestamp_out_of_tolerance',
        'stripe content_type_unsupported',
        'stripe content_encoding_unsupported',
        'stripe body_too_large',
        'stripe method_not_allowed',
        'stirpe source_not_found',
        'null not_found',
      ].sort(),
    );
    for (const { hint } of data) expect(hint).toMatch(/\.$/);
    const ofOne = await refusals('?source=stirpe');
    expect(ofOne.data.map(({ code }) => code)).toEqual(['source_not_found']);
    expect((await refusals('?source=stirpe&source=stripe')).data).toHaveLength(7);
    expect((await refusals('?source=generic')).data).toEqual([]);
  });

  it('are not what was stored', async () => {
    await service.deliver('generic', signedGeneric({ event_type: 'something_else' }));
    await service.deliver('generic', signedGeneric('not json'));
    expect((await refusals()).data).toEqual([]);
  });

  it('are asked for by names of sources only', async () => {
    const headers = { Authorization: 'Bearer admin-token-of-the-tests' };
    const answer = await service.fetch('/api/refusals?source=A%00', { headers });
    expectProblem(answer, 400, 'validation_failed');
  });
});
