import { type Provider } from '../provider.js';
import { type TimedSignatures, verifyTimedSignatures } from '../signing/timed-signatures.js';
import { normalisePaddle, PADDLE_EVENT_TYPES } from './paddle.normaliser.js';
import { paddleScenarios, signPaddle } from './paddle.samples.js';

const MIN_SECRET_BYTES = 12;

/** `Paddle-Signature: ts=<unix seconds>;h1=<hex>[;h1=…]`; `pdl_ntfset_` is part of the key. */
const SIGNATURES: TimedSignatures = {
  header: 'Paddle-Signature',
  separator: ';',
  time: 'ts',
  signature: 'h1',
  joint: ':',
};

/** Paddle Billing, https://developer.paddle.com/webhooks/signature-verification; see README.md. */
export const paddleProvider: Provider = {
  name: 'paddle',
  title: 'Paddle',
  contentTypes: ['application/json'],
  secret: {
    variable: 'PADDLE_WEBHOOK_SECRET',
    description:
      "The destination's secret key: Paddle → Developer tools → Notifications, `pdl_ntfset_…`.",
    check: (value) =>
      Buffer.byteLength(value) < MIN_SECRET_BYTES
        ? `is shorter than ${MIN_SECRET_BYTES} bytes; copy the whole secret key, \`pdl_ntfset_…\``
        : null,
    make: (random) => `pdl_ntfset_${random.toString('hex')}`,
  },
  signsTime: 'each-attempt',
  options: [],
  refScope: { account: false, livemode: false },
  normaliserVersion: 2,
  refusesUnusable: false,
  subscriptions: [...PADDLE_EVENT_TYPES.keys()],
  verify: (request, context) => verifyTimedSignatures(SIGNATURES, request, context),
  normalise: normalisePaddle,
  scenarios: paddleScenarios,
  sign: signPaddle,
};
