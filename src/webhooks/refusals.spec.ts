import { type Settings } from '../config/settings.js';
import { Refusals } from './refusals.js';
import { Sources } from './sources.js';
import { type WebhookRequest } from './webhook-request.js';

const SETTINGS = { sources: [{ name: 'shop' }, { name: 'other' }] } as unknown as Settings;

function request(fields: Partial<WebhookRequest> = {}): WebhookRequest {
  return { method: 'POST', headers: {}, rawHeaders: [], ...fields } as WebhookRequest;
}

function refusals(): Refusals {
  return new Refusals(new Sources(SETTINGS));
}

it('keeps names and sizes, and no value', () => {
  const kept = refusals();
  kept.note(
    request({
      headers: { 'content-type': 'Application/JSON; charset=utf-8', 'content-length': '17' },
      rawHeaders: ['Content-Type', 'application/json', 'X-Signature', 'sesame', 'HOST', 'a'],
    }),
    'shop',
    'signature_invalid',
  );
  const [refusal] = kept.list();
  expect(refusal).toEqual({
    at: expect.any(Date) as Date,
    source: 'shop',
    code: 'signature_invalid',
    status: 401,
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    method: 'POST',
    headerNames: ['content-type', 'x-signature', 'host'],
    contentType: 'application/json',
    bodySize: 17,
  });
});

it('takes the size of the body that was read, and none where neither is known', () => {
  const kept = refusals();
  const webhook = { bytes: Buffer.from('12345') } as WebhookRequest['webhook'];
  kept.note(request({ webhook }), 'shop', 'signature_missing');
  kept.note(request(), 'other', 'content_type_unsupported');
  expect(new Map(kept.list().map(({ source, bodySize }) => [source, bodySize]))).toEqual(
    new Map([
      ['shop', 5],
      ['other', null],
    ]),
  );
});

it('keeps no more than 40 names, none longer than 64, and no type that is none', () => {
  const kept = refusals();
  const rawHeaders = Array.from({ length: 100 }, () => ['X'.repeat(100), 'value']).flat();
  kept.note(request({ rawHeaders, headers: { 'content-type': 'my secret' } }), 'shop', 'not_found');
  const [{ headerNames, contentType }] = kept.list() as [Refusal];
  expect(headerNames).toEqual(Array.from({ length: 40 }, () => 'x'.repeat(64)));
  expect(contentType).toBeNull();
});

it('keeps the last 50 of each source, and the last 50 of all others together', () => {
  const kept = refusals();
  for (let i = 0; i < 60; i += 1) {
    kept.note(request({ method: `M${i}` }), 'shop', 'signature_invalid');
    kept.note(request(), `unknown-${i}`, 'source_not_found');
  }
  kept.note(request(), null, 'not_found');
  const all = kept.list();
  const ofShop = all.filter(({ source }) => source === 'shop').map(({ method }) => method);
  expect(new Set(ofShop)).toEqual(new Set(Array.from({ length: 50 }, (_, i) => `M${i + 10}`)));
  expect(all.filter(({ source }) => source !== 'shop')).toHaveLength(50);
  expect(all.some(({ source }) => source === null)).toBe(true);
  expect(kept.count('shop')).toBe(60);
  expect(kept.count('unknown-1')).toBe(0);
});

type Refusal = ReturnType<Refusals['list']>[number];
