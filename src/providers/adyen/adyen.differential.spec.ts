import { hmacValidator as HmacValidator } from '@adyen/api-library/lib/src/utils/index.js';
import fc from 'fast-check';

import { accepts, isText, judge } from '../testing/differential.js';
import { adyenProvider } from './adyen.provider.js';

/**
 * The official package judges our verifier over thousands of notifications, true and mutated. Each
 * disagreement has to have a reason that is known and listed; any other fails.
 */

const official = new HmacValidator();

const KEY = '4E1C5A2F9B7D3E8061A4C2F5D9B8E7A36F0C1D2B3A4958677685948372615041';
const OLD = '00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF';
const STRANGER = 'F'.repeat(64);

/** An item as it is written: the values of its fields are JSON texts, so that numbers keep theirs. */
type Texts = Record<string, string>;

interface Attempt {
  readonly body: Buffer;
  readonly secrets: readonly string[];
}

const ours = ({ body, secrets }: Attempt) =>
  accepts(adyenProvider, { body, headerValues: () => [] }, { secrets });

/** As its README has it, but for every item and every key. */
function theirs(attempt: Attempt): boolean {
  const items = parsedItemsOf(attempt.body);
  return items.length > 0 && items.every((item) => keysOf(item, attempt.secrets).length > 0);
}

interface ParsedItem {
  readonly pspReference?: unknown;
  readonly originalReference?: unknown;
  readonly merchantAccountCode?: unknown;
  readonly merchantReference?: unknown;
  readonly eventCode?: unknown;
  readonly success?: unknown;
  readonly amount?: { readonly value?: unknown; readonly currency?: unknown } | null;
  readonly additionalData?: { readonly hmacSignature?: unknown } | null;
}

function parsedItemsOf(body: Buffer): ParsedItem[] {
  try {
    const json = JSON.parse(body.toString()) as {
      notificationItems: { NotificationRequestItem: ParsedItem }[];
    };
    return json.notificationItems.map((item) => item.NotificationRequestItem);
  } catch {
    return [];
  }
}

/** The keys under which it accepts an item. */
function keysOf(item: ParsedItem, secrets: readonly string[]): string[] {
  return secrets.filter((secret) => {
    try {
      return official.validateHMAC(item as Parameters<typeof official.validateHMAC>[0], secret);
    } catch {
      return false;
    }
  });
}

function signedFieldsOf(item: ParsedItem): { reference: unknown; others: unknown[] } {
  const { value, currency } = item.amount ?? {};
  const { pspReference, originalReference, merchantAccountCode, eventCode, success } = item;
  return {
    reference: item.merchantReference,
    others: [
      pspReference,
      originalReference,
      merchantAccountCode,
      value,
      currency,
      eventCode,
      success,
    ],
  };
}

/** What they accept and we refuse on purpose. */
function reasonWeRefuse({ body, secrets }: Attempt): string | null {
  const text = body.toString();
  if (!isText(body)) return 'bytes replaced by U+FFFD';
  if (/"(\w+)":(?:"[^"]*"|\{[^}]*\}|-?\d+),"\1":/.test(text)) return 'a field named twice';
  const items = parsedItemsOf(body);
  const good = secrets.filter((secret) => /^[0-9a-f]{64}$/i.test(secret));
  if (!items.every((item) => keysOf(item, good).length > 0)) {
    return 'a key that is not 64 hex digits';
  }
  if (!good.some((secret) => items.every((item) => keysOf(item, [secret]).length > 0))) {
    return 'items under two keys';
  }
  for (const item of items) {
    const { reference, others } = signedFieldsOf(item);
    const signature = item.additionalData?.hmacSignature;
    if (
      typeof signature !== 'string' ||
      !/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(signature)
    ) {
      return 'base64 in another spelling';
    }
    if ([reference, ...others].some((field) => typeof field === 'object' && field !== null)) {
      return 'a signed field that is no text';
    }
    if ([reference, ...others].some((f) => typeof f === 'string' && !f.isWellFormed())) {
      return 'half a surrogate pair, signed as U+FFFD';
    }
    if (others.some((field) => typeof field === 'string' && field.includes(':'))) {
      return 'a colon in another field than the reference';
    }
  }
  if (/"value":(-0|\d+\.\d+|\d+e\d+|\d{16,})/.test(text)) return 'a number in another spelling';
  return null;
}

/** What we accept, since it is what Adyen signs, and they refuse. */
function reasonTheyRefuse({ body }: Attempt): string | null {
  if (parsedItemsOf(body).some((item) => item.amount == null)) return 'an item without an amount';
  if (/"value":(-0|\d+\.\d+|\d+e\d+|\d{16,})/.test(body.toString())) {
    return 'a number that a double cannot tell';
  }
  return null;
}

/** The content of an item, with the value as it is written or as JavaScript reads it. */
function contentOf(texts: Texts, asWritten: boolean): string {
  const field = (name: string): unknown => JSON.parse(texts[name] ?? 'null');
  return [
    field('pspReference'),
    field('originalReference'),
    field('merchantAccountCode'),
    field('merchantReference'),
    asWritten ? (texts.value ?? '').replaceAll('"', '') : field('value'),
    field('currency'),
    field('eventCode'),
    field('success'),
  ].join(':');
}

function itemText(texts: Texts, signature: string, withAmount: boolean): string {
  const { value, currency, ...fields } = texts;
  const written = Object.entries(fields).map(([name, text]) => `"${name}":${text}`);
  const amount = [
    ...(value ? [`"value":${value}`] : []),
    ...(currency ? [`"currency":${currency}`] : []),
  ];
  if (withAmount) written.push(`"amount":{${amount.join(',')}}`);
  written.push(`"additionalData":{"hmacSignature":${signature}}`);
  return `{"NotificationRequestItem":{${written.join(',')}}}`;
}

const text = (...values: string[]) => values.map((value) => JSON.stringify(value));
const mostly = <T>(usual: readonly T[], odd: readonly T[]) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );

const ODD = [
  ...text('', 'X:Y', ':', 'Z', 'caf\u00e9'),
  '"\\ud800"',
  '"\\ufffd"',
  'null',
  'true',
  '7',
  '["X"]',
  '{}',
];
const OPTIONAL: string[] = ['null', '""'];

const items = fc.record({
  pspReference: mostly(text('WNS7WQ756L2GWR82', 'X'), ODD),
  originalReference: mostly([...text('QFQTPCQ8HXSKGK82', 'Y'), ...OPTIONAL], ODD),
  merchantAccountCode: mostly(text('ExampleCompanyECOM', 'Z'), ODD),
  merchantReference: mostly(text('order-42', 'a:b', '\\:/', '\u20b9 \u2028'), ODD),
  value: mostly(
    ['4999', '0', '-1'],
    ['"4999"', '1e3', '1.50', '-0', '9007199254740993', '"1:2"', 'null', '[1]', 'false'],
  ),
  currency: mostly(text('EUR', 'JPY'), ODD),
  eventCode: mostly(text('AUTHORISATION', 'CAPTURE'), ODD),
  success: mostly(text('true', 'false'), ODD),
});

/** Changes one field after the item was signed. */
const tamperings = fc.option(
  fc.tuple(
    fc.constantFrom('pspReference', 'merchantReference', 'value', 'currency', 'success', 'reason'),
    fc.constantFrom(...text('x', 'true', '4999', 'X:Y'), '1', 'null'),
  ),
  { freq: 5 },
);

/** How the signature is written, `good` being the right one. */
const signatures = fc.oneof(
  { weight: 12, arbitrary: fc.constant((good: string) => JSON.stringify(good)) },
  fc.constantFrom<(good: string) => string>(
    (good) => JSON.stringify(good.slice(0, -1)),
    (good) => JSON.stringify(`${good}=`),
    (good) => JSON.stringify(` ${good}`),
    (good) => JSON.stringify(`${good}\n`),
    (good) => JSON.stringify(good.replaceAll('+', '-').replaceAll('/', '_')),
    (good) =>
      JSON.stringify(
        good.replace(/.=$/, (end) => `${String.fromCharCode(end.charCodeAt(0) + 1)}=`),
      ),
    (good) => JSON.stringify(good.slice(1)),
    (good) => JSON.stringify(good.toLowerCase()),
    (good) => JSON.stringify([good]),
    (good) => JSON.stringify({ good }),
    () => '""',
    () => 'null',
    () => 'true',
    () => '5',
    () => JSON.stringify('\u00e9'.repeat(44)),
  ),
);

const signedItems = fc
  .record({
    texts: items,
    key: mostly([KEY], [OLD, STRANGER, '', 'zz']),
    asWritten: fc.boolean(),
    withAmount: mostly([true], [false]),
    tampering: tamperings,
    write: signatures,
  })
  .map(({ texts, key, asWritten, withAmount, tampering, write }) => {
    const signed: Texts = withAmount ? texts : { ...texts, value: '""', currency: '""' };
    const good = official.calculateHmac(contentOf(signed, asWritten), key);
    const sent: Texts = tampering === null ? signed : { ...signed, [tampering[0]]: tampering[1] };
    return itemText(sent, write(good), withAmount);
  });

/** Changes the body after its items were signed. */
const mutations = fc.oneof(
  { weight: 12, arbitrary: fc.constant((body: string) => Buffer.from(body)) },
  fc.constantFrom<(body: string) => Buffer>(
    (body) => Buffer.from(body.replace('"currency":', '"currency":"USD","currency":')),
    (body) => Buffer.from(body.replace('"success":', '"success":"x","success":')),
    (body) => Buffer.from(`\ufeff${body}`),
    (body) => Buffer.from(body.replace('NotificationRequestItem', 'x')),
    (body) => Buffer.from(body.replace('"notificationItems":[', '"notificationItems":[{},')),
    (body) => Buffer.from(body.slice(0, -1)),
    (body) => Buffer.from(`${body} \n`),
    (body) => Buffer.from(body.replace('"live":', '"live":"maybe","x":')),
    (body) => {
      const bytes = Buffer.from(body);
      bytes[bytes.indexOf('false')] = 0xff;
      return bytes;
    },
    (body) => {
      const bytes = Buffer.from(body.replaceAll('\\ufffd', '\ufffd'));
      const at = bytes.indexOf('\ufffd');
      return at < 0
        ? bytes
        : Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + 3)]);
    },
  ),
);

const attempts: fc.Arbitrary<Attempt> = fc
  .record({
    items: fc.oneof(
      { weight: 3, arbitrary: fc.tuple(signedItems) },
      fc.array(signedItems, { maxLength: 3 }),
    ),
    mutate: mutations,
    secrets: mostly([[KEY], [KEY, OLD]], [[], [''], ['zz'], [KEY, ''], [KEY.toLowerCase()]]),
  })
  .map(({ items: list, mutate, secrets }) => ({
    body: mutate(`{"live":"false","notificationItems":[${list.join(',')}]}`),
    secrets,
  }));

describe('against the official package', () => {
  it('every disagreement is one of those we know', async () => {
    const seen = await judge(attempts, { ours, theirs, reasonWeRefuse, reasonTheyRefuse }, 20_000);

    // The mutations reach every reason, else the comparison would pass vacuously.
    expect([...seen.keys()].sort()).toEqual(
      [
        'both accept',
        'both refuse',
        'they refuse a number that a double cannot tell',
        'they refuse an item without an amount',
        'we refuse a colon in another field than the reference',
        'we refuse a field named twice',
        'we refuse a key that is not 64 hex digits',
        'we refuse a number in another spelling',
        'we refuse a signed field that is no text',
        'we refuse base64 in another spelling',
        'we refuse bytes replaced by U+FFFD',
        'we refuse half a surrogate pair, signed as U+FFFD',
        'we refuse items under two keys',
      ].sort(),
    );
    expect(seen.get('both accept')).toBeGreaterThan(3000);
    expect(seen.get('both refuse')).toBeGreaterThan(3000);
  });
});
