/** Fills a service with what each page of the dashboard has something to show of. */
import { PROVIDERS } from '../../../src/providers/index.js';
import { type ScenarioName } from '../../../src/providers/provider.js';
import { call } from '../../notifications/admin-client.js';
import {
  createTestApplication,
  GENERIC_SECRET,
  STRIPE_SECRET,
  type TestApplication,
} from '../../support/application.js';
import { signedBy, signedGeneric, signedStripe } from '../../support/signed.js';
import { charge, refund, stripeEvent } from '../../support/stripe-events.js';

export interface Inhabited {
  /** Reference of a payment that was partially refunded. */
  readonly reference: string;
  /** Event that another configuration quarantined: replayed with this one it makes a payment. */
  readonly quarantined: string;
  /** A notification that was given up. */
  readonly dead: string;
}

/** @param service with NOTIFY_ALLOW_CIDRS=127.0.0.0/8 */
export async function inhabit(service: TestApplication): Promise<Inhabited> {
  await call(service, 'POST', 'endpoints', { name: 'shop', url: 'http://127.0.0.1:39999/' });
  await play(service, 'stripe', STRIPE_SECRET, 'partially-refunded');
  await play(service, 'stripe', STRIPE_SECRET, 'disputed-lost');
  await play(service, 'generic', GENERIC_SECRET, 'succeeded');
  await play(service, 'generic', GENERIC_SECRET, 'failed');
  // A refund of a payment that was never seen raises a flag.
  await service.deliver(
    'stripe',
    signedStripe(stripeEvent('refund.created', refund('lost', { amount: 1000 }))),
  );

  await service.deliver(
    'generic',
    signedGeneric({ event_type: 'payment_success' }, 'a wrong secret'),
  );
  await service.fetch('/webhooks/stripe', { method: 'POST', body: '{}' });
  return {
    reference: await referenceOf(service),
    quarantined: await quarantineOne(service),
    dead: await giveOneUp(service),
  };
}

async function play(
  service: TestApplication,
  source: string,
  secret: string,
  scenario: ScenarioName,
): Promise<void> {
  const bodies = PROVIDERS.find(({ name }) => name === source)?.scenarios[scenario];
  if (bodies === undefined) throw new Error(`${source} has no scenario ${scenario}`);
  const unique = `${source}${scenario.replaceAll('-', '')}`.slice(0, 40);
  const context = { unique, now: Date.now(), options: {}, account: null, livemode: false };
  for (const { body } of bodies(context)) {
    await service.deliver(source, signedBy(source, body, secret));
  }
}

async function referenceOf(service: TestApplication): Promise<string> {
  const { data } = await service.api<{ data: { reference: string | null }[] }>(
    'payments?status=partially_refunded&source=stripe',
  );
  return data.find(({ reference }) => reference !== null)!.reference!;
}

async function quarantineOne(service: TestApplication): Promise<string> {
  const bound = await createTestApplication({
    database: service.database,
    env: { STRIPE_LIVEMODE: 'true' },
  });
  const event = stripeEvent('charge.succeeded', charge('boundtolive'));
  await bound.deliver('stripe', signedStripe(event));
  await bound.close();
  const { data } = await service.api<{ data: { id: string }[] }>(`events?eventId=${event.id}`);
  return data[0]!.id;
}

/** As the worker does after three days; the endpoint is paused, so that it does not intervene. */
async function giveOneUp(service: TestApplication): Promise<string> {
  const endpoints = await service.api<{ data: { id: string }[] }>('endpoints');
  await call(service, 'PATCH', `endpoints/${endpoints.data[0]!.id}`, { status: 'paused' });
  const { data } = await service.api<{ data: { id: string }[] }>(
    'notifications?type=payment.failed',
  );
  const { id } = data[0]!;
  await service.rows(`UPDATE notifications SET status = 'dead' WHERE id = $1`, [id]);
  return id;
}
