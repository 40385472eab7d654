import { type Provider } from '../../src/providers/provider.js';

/** A provider that exists only in tests; its secrets have at least 12 characters. */
export function fakeProvider(name: string, overrides: Partial<Provider> = {}): Provider {
  return {
    name,
    title: name,
    contentTypes: ['application/json'],
    secret: {
      variable: `${name.toUpperCase().replaceAll('-', '_')}_WEBHOOK_SECRET`,
      description: `Copy the secret from the console of ${name}.`,
      check: (value) => (value.length < 12 ? 'is shorter than 12 characters' : null),
      make: (random) => random.toString('hex'),
    },
    options: [],
    refScope: { account: false, livemode: false },
    normaliserVersion: 1,
    refusesUnusable: false,
    subscriptions: [],
    verify: () => ({ authentic: false, code: 'signature_missing' }),
    normalise: () => [],
    scenarios: {},
    sign: ({ body }) => ({ body, headers: {} }),
    ...overrides,
  };
}
