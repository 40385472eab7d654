import { join, relative } from 'node:path';

import { ESLint } from 'eslint';

import { PROVIDERS } from './index.js';

const ROOT = join(import.meta.dirname, '../..');
const RULE = 'payment-webhooks/no-provider-names';

/** ESLint with the project's own configuration, of which it looks at this one rule. */
const eslint = new ESLint({
  cwd: ROOT,
  ruleFilter: ({ ruleId }) => ruleId === RULE,
  // The rule needs no types, and a file need not exist.
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

/** What the rule finds in a file with this code: the tokens that are reported. */
async function foundIn(code: string, filePath = 'src/payments/new.ts'): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: join(ROOT, filePath) });
  const lines = code.split('\n');
  return (result?.messages ?? []).map(({ ruleId, message, line, column, endColumn = 0 }) =>
    ruleId === RULE ? (lines[line - 1] ?? '').slice(column - 1, endColumn - 1) : message,
  );
}

describe("a provider's name", () => {
  it('stands only in its own folder and in the list', async () => {
    const results = await eslint.lintFiles('src/**/!(*.spec).ts');
    expect(results.length).toBeGreaterThan(150);
    expect(
      results.flatMap(({ filePath, messages }) =>
        messages.map(({ line, message }) => `${relative(ROOT, filePath)}:${line} ${message}`),
      ),
    ).toEqual([]);
  }, 120_000);

  it.each(PROVIDERS.map(({ name }) => name))('%s is known to the rule', async (name) => {
    const code = `if (source.provider.name === '${name}') refuse();`;
    expect(await foundIn(code)).toEqual([`'${name}'`]);
    expect(await foundIn(code, 'src/providers/signing/new.ts')).toEqual([`'${name}'`]);
    expect(await foundIn(code, `src/providers/${name}-2/new.ts`)).toEqual([`'${name}'`]);
    expect(await foundIn(code, `src/providers/${name}/new.ts`)).toEqual([]);
    expect(await foundIn(code, 'src/providers/index.ts')).toEqual([]);
    expect(await foundIn(code, 'src/payments/new.spec.ts')).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['const stripeSecret = 1;', ['stripeSecret']],
    ['class A { #isStripe = true; }', ['#isStripe']],
    ["env.get('STRIPE_KEY')", ["'STRIPE_KEY'"]],
    ["get('http://stripe')", ["'http://stripe'"]],
    ["get({ 'stripe-signature': 1 })", ["'stripe-signature'"]],
    ['a = `${b}-stripe-${c}`', ['}-stripe-${']],
    ['a = `stripe`', ['`stripe`']],
    ['a = /^stripe/i', ['/^stripe/i']],
    ["import { a } from './stripe/a.js';", ["'./stripe/a.js'"]],
    ["const { a } = await import('./stripe/a.js');", ["'./stripe/a.js'"]],
    ["type A = 'stripe';", ["'stripe'"]],
    ['interface A { readonly stripe: string }', ['stripe']],
    ['@Stripe() class A {}', ['Stripe']],
    ['const a = { stripe: adyen };', ['stripe', 'adyen']],
  ])('is seen in %s', async (code, tokens) => {
    expect(await foundIn(code)).toEqual(tokens);
  });

  it.each([
    '// stripe\n/* Stripe */ const a = 1;',
    '/** As Stripe does. */\nfunction a() {}',
    "@ApiProperty({ example: 'stripe' }) class A {}",
    "@ApiProperty({ example: ['ch:ch_1', 'stripe'] }) class A {}",
  ])('is not seen in %j, which explains', async (code) => {
    expect(await foundIn(code)).toEqual([]);
  });

  it.each([
    "a({ example: stripe('a') })",
    "a({ examples: 'stripe' })",
    "a({ example: 'b', c: 'stripe' })",
  ])('is seen in %s, which is no example', async (code) => {
    expect(await foundIn(code)).toHaveLength(1);
  });

  it('that is an English word is seen only where it is a whole string', async () => {
    expect(await foundIn('a = ["generic", \'Square\', `generic`]')).toHaveLength(3);
    expect(await foundIn('a = "name: \'standard-webhooks\'"')).toHaveLength(1);
    expect(await foundIn('function generic<T>() {}')).toEqual([]);
    expect(await foundIn("a = 'a generic square'; import('./generic/a.js');")).toEqual([]);
    expect(await foundIn("class Checkout { readonly squareRoot = 'placement' }")).toEqual([]);
  });

  it('of another provider is seen in the folder of one', async () => {
    const code = "import { a } from '../adyen/a.js';";
    expect(await foundIn(code, 'src/providers/stripe/new.ts')).toEqual(["'../adyen/a.js'"]);
  });
});
