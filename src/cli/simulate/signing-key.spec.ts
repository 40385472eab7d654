import { fakeProvider } from '../../../test/support/fake-provider.js';
import { type Source } from '../../config/settings.js';
import { type Provider, type ProviderOptions } from '../../providers/provider.js';
import { UsageError } from '../command-line.js';
import { signingKeyOf } from './signing-key.js';

const source = (provider: Provider, secret: string, options: ProviderOptions = {}) =>
  ({ provider, secrets: [{ label: 'A', value: secret }], options }) as unknown as Source;

const certified = fakeProvider('acme', {
  title: 'Acme',
  options: [{ name: 'certDir', variable: 'ACME_CERT_DIR', description: '' }],
  signingKey: (directory) =>
    Promise.resolve({ key: 'private', secret: 'public', options: { certDir: directory } }),
});

describe('signingKeyOf', () => {
  it.each([
    fakeProvider('plain'),
    fakeProvider('either', { signingKey: () => Promise.resolve(null) }),
  ])('is the first secret where that signs', async (provider) => {
    const key = await signingKeyOf(source(provider, 'secret'), '/keys');
    expect(key).toEqual({ secret: 'secret', key: null });
  });

  it('is a key of its own where the server trusts that', async () => {
    const trusting = source(certified, 'public', { certDir: '/keys/acme' });
    expect(await signingKeyOf(trusting, '/keys')).toEqual({ secret: 'public', key: 'private' });
  });

  it.each([
    ['another', {}, 'ACME_WEBHOOK_SECRET=public\n  ACME_CERT_DIR=/keys/acme\n'],
    ['public', { certDir: '/else' }, 'restart it with\n\n  ACME_CERT_DIR=/keys/acme\n'],
    ['another', { certDir: '/keys/acme' }, 'restart it with\n\n  ACME_WEBHOOK_SECRET=public\n'],
  ])('says how to trust it with %s and %j', async (secret, options, message) => {
    const key = signingKeyOf(source(certified, secret, options), '/keys');
    await expect(key).rejects.toThrow(UsageError);
    await expect(key).rejects.toThrow(message);
  });
});
