import { createHash, createHmac, createPrivateKey, sign } from 'node:crypto';

import { genericScenarios } from '../generic/generic.samples.js';
import {
  type Sample,
  type SampleContext,
  type ScenarioName,
  type SignedSample,
  type SigningContext,
} from '../provider.js';
import { HMAC_PREFIX } from './standard-webhooks.secrets.js';

/**
 * Signs a body by the specification: `v1` with the secret, `v1a` where there is a private key. The id
 * comes from the body, so that a repeat has the id of the first attempt.
 */
export function signStandardWebhooks(
  { body }: Sample,
  { secret, key, at }: SigningContext,
): SignedSample {
  const id = `msg_${createHash('sha256').update(body).digest('hex').slice(0, 32)}`;
  const timestamp = Math.floor(at / 1000).toString();
  const message = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const signature =
    key === null
      ? `v1,${createHmac('sha256', hmacKeyOf(secret)).update(message).digest('base64')}`
      : `v1a,${sign(null, message, createPrivateKey(key)).toString('base64')}`;
  return {
    body,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signature,
    },
  };
}

function hmacKeyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(HMAC_PREFIX.length), 'base64');
}

type Scenario = (context: SampleContext) => readonly Sample[];

/** The same story, each of its bodies in an envelope. */
function enveloped(scenario: Scenario): Scenario {
  return (context) =>
    scenario(context).map(({ body, expect }) => {
      const { occurred_at, ...data } = JSON.parse(body.toString()) as Record<string, unknown>;
      const envelope = { type: data.event_type, timestamp: occurred_at, data };
      return { body: Buffer.from(JSON.stringify(envelope)), expect };
    });
}

export const standardWebhooksScenarios = Object.fromEntries(
  Object.entries(genericScenarios).map(([name, scenario]) => [name, enveloped(scenario)]),
) as Record<ScenarioName, Scenario>;
