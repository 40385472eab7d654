/**
 * A provider whose bodies state their statements outright, so that a test may say anything that a
 * normaliser could ever say. A body may hold several readings of itself: which one is read is an
 * option of the source, as if the normaliser had been changed in between.
 */
import { type JsonObject, type JsonValue } from '../../../src/json/json.js';
import {
  STATUS_RANKS,
  type Statement,
  type StatementKind,
} from '../../../src/payments/statement.js';
import { type Meaning, type Provider } from '../../../src/providers/provider.js';
import { fakeProvider } from '../../support/fake-provider.js';
import { type Signed } from '../../support/signed.js';

/** What one version of a normaliser reads in a body; null: nothing that moves a payment. */
export type Reading = readonly Statement[] | null;

export interface StatedEvent {
  readonly eventId: string;
  readonly account: string | null;
  readonly livemode: boolean | null;
  /** By the number in the option `reading`. */
  readonly readings: readonly Reading[];
}

export const STATING_SECRET = 'secret-of-the-stating-providers';

/** Its refs belong to no account and no mode. */
export const shop = statingProvider('shop', { account: false, livemode: false });

/** Each of its events states the mode, which is part of its refs. */
export const market = statingProvider('market', { account: false, livemode: true });

/** The variables that switch both on; `reading` says which reading of a body is theirs. */
export function statingVariables(reading = 0): Record<string, string> {
  return {
    SHOP_WEBHOOK_SECRET: STATING_SECRET,
    SHOP_READING: String(reading),
    MARKET_WEBHOOK_SECRET: STATING_SECRET,
    MARKET_READING: String(reading),
  };
}

/** The webhook that makes a stating provider read this event. */
export function signedStatements(event: StatedEvent): Signed {
  const body = Buffer.from(
    // Numbers of every size travel as text, which JSON keeps exactly.
    JSON.stringify(event, (_, value: unknown) =>
      typeof value === 'bigint' || typeof value === 'number' ? String(value) : value,
    ),
  );
  return { body, headers: { 'X-Signature': STATING_SECRET } };
}

function statingProvider(name: string, refScope: Provider['refScope']): Provider {
  return fakeProvider(name, {
    refScope,
    options: [
      {
        name: 'reading',
        variable: `${name.toUpperCase()}_READING`,
        description: 'Which reading of a body is read.',
        default: '0',
      },
    ],
    verify: (request, { secrets }) =>
      request.headerValues('x-signature')[0] === secrets[0]?.value
        ? { authentic: true, verifiedWith: name }
        : { authentic: false, code: 'signature_invalid' },
    normalise: (json, { options }) => [
      {
        eventId: json.eventId as string,
        type: 'stated',
        occurredAt: 0,
        account: json.account as string | null,
        livemode: json.livemode as boolean | null,
        meaning: meaningOf((json.readings as JsonValue[])[Number(options.reading)]),
      },
    ],
  });
}

function meaningOf(reading: JsonValue | undefined): Meaning {
  if (!Array.isArray(reading)) return { status: 'ignored' };
  return { status: 'applied', statements: reading.map((s) => statementOf(s as JsonObject)) };
}

function statementOf(json: JsonObject): Statement {
  const text = (name: keyof Statement) => json[name] as string | null;
  const amount = (name: keyof Statement) => (text(name) === null ? null : BigInt(text(name)!));
  const kind = text('kind') as StatementKind;
  if (!(kind in STATUS_RANKS)) throw new Error(`${kind} is no kind`);
  return {
    kind,
    key: text('key')!,
    status: text('status')!,
    amount: amount('amount'),
    currency: text('currency'),
    at: Number(text('at')),
    refs: json.refs as string[],
    groups: json.groups as string[],
    final: json.final as boolean,
    implied: json.implied as boolean,
    release: json.release as boolean,
    releaseAmount: amount('releaseAmount'),
    born: Number(text('born')),
    of: text('of'),
    reference: text('reference'),
    failure: json.failure as Statement['failure'],
  };
}
