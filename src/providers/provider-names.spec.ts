import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { PROVIDERS } from './index.js';

const SRC = join(import.meta.dirname, '..');
const LIST = join('providers', 'index.ts');

/** Names that are ordinary English words stand for the provider only as a whole string. */
const ENGLISH_WORDS = new Set(['generic', 'square', 'checkout', 'standard-webhooks']);

/** Every source file of ours, with its path below src/. */
const FILES = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(SRC, join(entry.parentPath, entry.name)))
  .filter((path) => !path.startsWith(`generated${sep}`) && !path.endsWith('.spec.ts'));

/**
 * Code without its comments and without the examples of the API's documentation: an explanation may
 * name a provider, behaviour may not depend on it.
 */
function withoutExplanations(code: string): string {
  return code
    .replace(
      /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
      (_, text: string | undefined) => text ?? '',
    )
    .replace(/\bexample: (\[[^\]]*\]|'[^']*')/g, '');
}

function mentions(code: string, name: string): boolean {
  const quoted = new RegExp(`(['"\`])${name}\\1`, 'i');
  if (ENGLISH_WORDS.has(name)) return quoted.test(code);
  // `stripe` also in `stripeProvider`, `STRIPE_SECRET` and `isStripe`.
  return code.toLowerCase().includes(name) || code.toLowerCase().includes(name.replace(/-/g, '_'));
}

describe("a provider's name", () => {
  it.each(PROVIDERS.map((provider) => provider.name))(
    '%s stands only in its own folder and in the list',
    (name) => {
      const elsewhere = FILES.filter(
        (path) => path !== LIST && !path.startsWith(join('providers', name) + sep),
      ).filter((path) =>
        mentions(withoutExplanations(readFileSync(join(SRC, path), 'utf8')), name),
      );
      expect(elsewhere).toEqual([]);
    },
  );

  it('is seen in identifiers and strings, not in comments and examples', () => {
    expect(mentions(withoutExplanations('const stripeSecret = 1;'), 'stripe')).toBe(true);
    expect(mentions(withoutExplanations("get('STRIPE_KEY')"), 'stripe')).toBe(true);
    expect(mentions(withoutExplanations("'http://stripe'"), 'stripe')).toBe(true);
    expect(mentions(withoutExplanations('// stripe\n/* Stripe */ const a = 1;'), 'stripe')).toBe(
      false,
    );
    expect(mentions(withoutExplanations("{ example: 'stripe' }"), 'stripe')).toBe(false);
    expect(mentions(withoutExplanations("if (name === 'generic')"), 'generic')).toBe(true);
    expect(mentions(withoutExplanations('function generic<T>() {}'), 'generic')).toBe(false);
  });
});
