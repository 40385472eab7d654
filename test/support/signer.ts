/** Signs for a source as its provider would, with a secret that is made for the occasion. */
import path from 'node:path';
import { type Provider, type ProviderOptions, type Sample } from '../../src/providers/provider.js';
import { type Signed } from './signed.js';

const PUBLIC_URL = 'https://pay.example';

export interface TestSigner {
  readonly provider: Provider;
  /** The variables by which a source of the provider's own name trusts it. */
  readonly env: Readonly<Record<string, string>>;
  readonly secret: string;
  readonly options: ProviderOptions;
  sign(sample: Sample, source?: string, at?: number): Signed;
}

/**
 * @param directory where a key of the provider may be kept, one for all its secrets
 * @param index another secret for each
 */
export async function createSigner(
  provider: Provider,
  directory: string,
  index = 0,
): Promise<TestSigner> {
  const made = provider.secret.make(Buffer.alloc(32, index + 1));
  const defaults = Object.fromEntries(
    provider.options.flatMap((o) => (o.default === undefined ? [] : [[o.name, o.default]])),
  );
  const required = Object.fromEntries(
    provider.options.flatMap((o) => (o.required ? [[o.name, o.required.example]] : [])),
  );
  const own = await provider.signingKey?.(path.join(directory, provider.name), {
    secret: made,
    options: { ...defaults, ...required },
  });
  const secret = own?.secret ?? made;
  const chosen: ProviderOptions = { ...required, ...own?.options };
  const options = { ...defaults, ...chosen };
  const variables = provider.options.flatMap(({ name, variable }) =>
    chosen[name] === undefined ? [] : [[variable, chosen[name]]],
  );
  return {
    provider,
    secret,
    options,
    env: {
      PUBLIC_URL,
      [provider.secret.variable]: secret,
      ...(Object.fromEntries(variables) as Record<string, string>),
    },
    sign: (sample, source = provider.name, at = Date.now()) => {
      const url = `${PUBLIC_URL}/webhooks/${source}`;
      const { body, headers } = provider.sign(sample, {
        secret,
        key: own?.key ?? null,
        at,
        url,
        options,
      });
      const type = { 'Content-Type': provider.contentTypes[0]! };
      return { body: Buffer.from(body), headers: { ...type, ...sample.headers, ...headers } };
    },
  };
}
