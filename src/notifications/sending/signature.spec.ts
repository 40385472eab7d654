import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { signedHeaders } from './signature.js';

const secretOf = (bytes: Uint8Array) => `whsec_${Buffer.from(bytes).toString('base64')}`;
const SECRET = secretOf(Buffer.alloc(32, 1));
const FORMER = secretOf(Buffer.alloc(24, 2));

it('makes the signature of the specification', () => {
  // The example of the specification's own libraries.
  const headers = signedHeaders(
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    1_614_265_330_999,
    '{"test": 2432232314}',
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('makes one signature for each secret, the first one first', () => {
  const sign = (...secrets: string[]) => signedHeaders('id', secrets, 0, '{}')['webhook-signature'];
  expect(sign(SECRET, FORMER)).toBe(`${sign(SECRET)} ${sign(FORMER)}`);
});

it('is accepted by the official library for any text, and for no other text', () => {
  fc.assert(
    fc.property(
      fc.uuid(),
      fc.uint8Array({ minLength: 24, maxLength: 64 }),
      fc.string({ unit: 'grapheme' }),
      (id, bytes, text) => {
        const secret = secretOf(bytes);
        const body = JSON.stringify({ text });
        const headers = { ...signedHeaders(id, [FORMER, secret], Date.now(), body) };
        const webhook = new Webhook(secret);
        expect(webhook.verify(body, headers)).toEqual({ text });
        expect(() => webhook.verify(`${body} `, headers)).toThrow();
        expect(() => webhook.verify(body, { ...headers, 'webhook-id': `${id}0` })).toThrow();
      },
    ),
  );
});
