import { type Provider } from '../provider.js';

/**
 * What sources are configured with and what stored payments rest on, for a test to pin: a variable by
 * another name stops every start with it, another scope makes a second payment of each. Without what
 * may be worded anew, and without what is meant to grow.
 */
export function declarationOf(provider: Provider) {
  const { name, title, contentTypes, secret, refScope, alsoStates } = provider;
  const { signsTime, signatureInBody, repeatsSignatureHeader, keepsHeaders } = provider;
  const { refusesUnusable, acknowledgement, generatedSecretInEmbeddedMode } = provider;
  const random = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
  return {
    ...{ name, title, contentTypes, refScope, alsoStates },
    ...{ signsTime, signatureInBody, repeatsSignatureHeader, keepsHeaders },
    ...{ refusesUnusable, acknowledgement, generatedSecretInEmbeddedMode },
    secret: { variable: secret.variable, made: secret.make(random) },
    options: provider.options.map((option) => ({
      name: option.name,
      variable: option.variable,
      default: option.default,
      required: option.required,
      secret: option.secret,
      needs: option.needs,
    })),
  };
}
