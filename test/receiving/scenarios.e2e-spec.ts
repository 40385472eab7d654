/** Every provider's own scenarios, in order and backwards: each ends as one payment in its status. */
import { createTestApplication, type TestApplication } from '../support/application.js';
import { createTestDirectory } from '../support/database.js';
import { createSigner, type TestSigner } from '../support/signer.js';
import { PROVIDERS } from '../../src/providers/index.js';
import { type Sample, SCENARIOS, type ScenarioName } from '../../src/providers/provider.js';
import { unique } from '../support/signed.js';

const ENDS: Readonly<Record<ScenarioName, object>> = {
  succeeded: { status: 'captured', amountCaptured: 4999, amountRefunded: 0 },
  failed: { status: 'failed', amountCaptured: 0 },
  'authorized-captured': { status: 'captured', amountAuthorized: 4999, amountCaptured: 4999 },
  voided: { status: 'canceled', amountCaptured: 0, amountRefunded: 0 },
  refunded: { status: 'refunded', amountCaptured: 4999, amountRefunded: 4999 },
  'partially-refunded': { status: 'partially_refunded', amountRefunded: 1000 },
  'refund-failed': { status: 'captured', amountCaptured: 4999, amountRefunded: 0 },
  'disputed-won': { status: 'captured', amountDisputed: 0, amountChargedBack: 0 },
  'disputed-lost': { status: 'charged_back', amountChargedBack: 4999 },
};

/** Their events state no amount: a payment has a status and no sums. */
const WITHOUT_AMOUNTS: ReadonlySet<string> = new Set(['gocardless']);

/** The fields of a payment at the end of a scenario. */
function endOf(provider: string, scenario: ScenarioName): object {
  const end = ENDS[scenario];
  if (WITHOUT_AMOUNTS.has(provider)) {
    const sums = Object.keys(end).filter((field) => field.startsWith('amount'));
    const nothingTaken = scenario === 'failed' || scenario === 'voided';
    return {
      ...end,
      ...Object.fromEntries(sums.map((field) => [field, 0])),
      currency: 'XXX',
      flags: nothingTaken ? [] : ['amount_unknown'],
    };
  }
  // A provider may state no amount of a payment that failed, and then its currency is unknown.
  const currency: unknown = scenario === 'failed' ? expect.stringMatching(/^(EUR|XXX)$/) : 'EUR';
  return { ...end, currency, flags: [] };
}

describe.each(PROVIDERS.map((provider) => [provider.name, provider] as const))(
  'the scenarios of %s',
  (name, provider) => {
    let service: TestApplication;
    let signer: TestSigner;

    beforeAll(async () => {
      signer = await createSigner(provider, await createTestDirectory());
      service = await createTestApplication({ env: signer.env });
    });
    afterAll(() => service.close());

    const NOW = Date.UTC(2026, 10, 24, 10);

    /** Sends the samples and returns the payments that they made. */
    const play = async (scenario: ScenarioName, backwards: boolean) => {
      const before = new Set((await payments()).map(({ id }) => id));
      const { options } = signer;
      const context = { unique: unique(), now: NOW, options, account: null, livemode: false };
      const samples = [...provider.scenarios[scenario]!(context)];
      if (backwards) samples.reverse();
      for (const sample of samples) {
        const answer = await service.deliver(name, signer.sign(sample));
        expect({ status: answer.status, body: answer.body }).toEqual({
          status: 200,
          body: bodyOf(sample),
        });
      }
      return (await payments()).filter(({ id }) => !before.has(id));
    };
    const bodyOf = ({ expect: expected }: Sample) =>
      provider.acknowledgement ? Buffer.from(provider.acknowledgement.body) : { status: expected };
    const payments = async () =>
      (await service.api<{ data: { id: string }[] }>('payments?limit=200')).data;

    const played = SCENARIOS.filter((scenario) => provider.scenarios[scenario] !== undefined);

    it.each(played)('%s', async (scenario) => {
      const end: unknown = expect.objectContaining(endOf(name, scenario));
      expect(await play(scenario, false)).toEqual([end]);
      expect(await play(scenario, true)).toEqual([end]);
    });
  },
);
