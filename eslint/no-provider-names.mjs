/**
 * An ESLint rule: a provider's name stands in the code of its own folder in src/providers/ and nowhere
 * else, so that another provider is a folder and a line in the list. Comments may name one, and so may
 * the examples of the API's documentation: an explanation names a provider, behaviour never depends on
 * it.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const PROVIDERS = join(import.meta.dirname, '../src/providers');

/** A name that is an ordinary English word, or part of one, means the provider only as a whole string. */
const ENGLISH_WORDS = new Set(['generic', 'square', 'checkout', 'standard-webhooks']);

/** The folders that hold a provider. */
const NAMES = readdirSync(PROVIDERS).filter((name) =>
  existsSync(join(PROVIDERS, name, `${name}.provider.ts`)),
);

/** @param {string} code a token as it is written, a string with its quotes */
function mentions(code, name) {
  if (ENGLISH_WORDS.has(name)) return new RegExp(`(['"\`])${name}\\1`, 'i').test(code);
  // `stripe` also in `stripeProvider`, `STRIPE_SECRET` and `isStripe`.
  const text = code.toLowerCase();
  return text.includes(name) || text.includes(name.replaceAll('-', '_'));
}

export const noProviderNames = {
  meta: {
    type: 'problem',
    docs: { description: "Keeps a provider's name in its own folder." },
    schema: [],
    messages: {
      elsewhere:
        '`{{name}}` is a provider: outside src/providers/{{name}}/ nothing may know its name. Let the provider say what is different there, by src/providers/provider.ts.',
    },
  },

  create({ filename, report }) {
    const path = relative(PROVIDERS, filename);
    const foreign = NAMES.filter((name) => !path.startsWith(name + sep));
    const examples = [];
    const isExample = ({ range: [start] }) =>
      examples.some(([from, to]) => from <= start && start < to);

    return {
      'Property[key.name="example"] > :matches(Literal, ArrayExpression).value': ({ range }) => {
        examples.push(range);
      },
      // All tokens: identifiers, strings, parts of templates, patterns, import paths. No comments.
      'Program:exit': ({ tokens }) => {
        for (const token of tokens.filter((each) => !isExample(each))) {
          for (const name of foreign.filter((each) => mentions(token.value, each))) {
            report({ loc: token.loc, messageId: 'elsewhere', data: { name } });
          }
        }
      },
    };
  },
};
