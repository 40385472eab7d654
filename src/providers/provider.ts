/**
 * What a provider is: how one payment company signs, what its payloads look like and what they mean.
 * One folder per provider implements this interface, and one line in index.ts lists it; nothing else
 * in the project knows its name. docs/adding-a-provider.md walks through it.
 */
import { type JsonObject } from '../json/json.js';
import { type JsonReading } from '../json/read-json.js';
import { type Statement } from '../payments/statement.js';

/** Why an authentic event is not applied: stored and told, never guessed. A closed list. */
export const QUARANTINE_CODES = [
  'invalid_json',
  'not_object',
  'invalid_utf8',
  'json_too_deep',
  'too_many_keys',
  'duplicate_key',
  'number_out_of_range',
  'validation_failed',
  'unhandled_event_type',
  'unknown_status',
  'no_ref',
  'fetch_required',
  'amount_inexact',
  'currency_unknown',
  'time_implausible',
  'id_invalid',
  'account_mismatch',
  'mode_mismatch',
  'event_id_conflict',
] as const;
export type QuarantineCode = (typeof QUARANTINE_CODES)[number];

/** A request as a verifier sees it: bytes and headers, nothing parsed. */
export interface SignedRequest {
  readonly body: Buffer;
  /** All values of a header, in the order of arrival; the name is matched without case. */
  headerValues(name: string): string[];
}

/** One configured secret. `label` may be shown and stored; `value` may not. */
export interface Secret {
  /** Where it stands, e.g. `STRIPE_WEBHOOK_SECRET` or `STRIPE_WEBHOOK_SECRET#2`. */
  readonly label: string;
  readonly value: string;
}

export interface VerificationContext {
  readonly secrets: readonly Secret[];
  readonly options: ProviderOptions;
  /** Half-width of the window around `now` for schemes that sign a time, in seconds. */
  readonly toleranceSeconds: number;
  /** The time of receipt in milliseconds since the epoch. */
  readonly now: number;
  /** The address at which the provider calls this source, without a trailing slash. */
  readonly url: string;
}

export type Verification =
  | { readonly authentic: true; readonly verifiedWith: string }
  | {
      readonly authentic: false;
      readonly code:
        | 'signature_missing'
        | 'signature_invalid'
        | 'timestamp_out_of_tolerance'
        | 'verification_unavailable';
    };

/** Values of a provider's own options by name, each already parsed by its declaration. */
export type ProviderOptions = Readonly<Record<string, string>>;

/** A setting of a provider, read from its variable or from `options` of a source in SOURCES_FILE. */
export interface OptionDeclaration {
  /** The name in `options`, e.g. `referenceKey`. */
  readonly name: string;
  /** The environment variable, e.g. `STRIPE_REFERENCE_KEY`. */
  readonly variable: string;
  readonly description: string;
  readonly default?: string;
  /** Whether the value must not be shown. */
  readonly secret?: boolean;
  /** A source is nothing without it: it is set together with the secret. The example has its form. */
  readonly required?: { readonly example: string };
  /** The name of the option without which this one has no effect: it is not set alone. */
  readonly needs?: string;
  /** Returns what is wrong with a value and what would be right, or null. */
  check?(value: string): string | null;
}

export interface SecretDeclaration {
  /** The environment variable, e.g. `STRIPE_WEBHOOK_SECRET`. */
  readonly variable: string;
  /** Where the secret is found, in one sentence. */
  readonly description: string;
  /** Returns what is wrong with a secret and what would be right, or null. */
  check(value: string): string | null;
  /** A secret of the form that the provider gives out, made of 32 random bytes. */
  make(random: Buffer): string;
}

/** What one event of a delivery means. */
export type Meaning =
  | { readonly status: 'applied'; readonly statements: readonly Statement[] }
  /** Of a type that moves no payment. */
  | { readonly status: 'ignored' }
  | {
      readonly status: 'quarantined';
      readonly code: QuarantineCode;
      readonly errors?: readonly FieldError[];
    };

export interface FieldError {
  /** Dotted path of the field, e.g. `data.object.amount`. */
  readonly field: string;
  readonly message: string;
}

/** One event of a delivery, normalised. */
export interface PaymentEvent {
  /** The provider's signed event id; null where it has none, then the body's SHA-256 takes its place. */
  readonly eventId: string | null;
  /**
   * The provider's id of the transmission, where that is signed and the event id is not: a second
   * event under the same one is a conflict and is never applied.
   */
  readonly transmissionId?: string | undefined;
  /** The provider's event type; '' where it could not be read. */
  readonly type: string;
  /** The provider's time of the event in milliseconds since the epoch; 0 where it states none. */
  readonly occurredAt: number;
  /** The account at the provider, where the event states one. */
  readonly account: string | null;
  /** True for live, false for test, null where the event does not state it. */
  readonly livemode: boolean | null;
  readonly meaning: Meaning;
}

export interface NormaliseContext {
  readonly options: ProviderOptions;
  /** The headers that were kept, by lower-case name. They are not signed unless the provider signs them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The exact bytes, for a substitute of an event id that is more than their SHA-256. */
  readonly body: Buffer;
  /** SHA-256 of the exact body as lower-case hex, for keys that need a substitute of an event id. */
  readonly bodySha256: string;
}

/** A step of a scenario: a body to be signed and sent, and the answer that is expected of it. */
export interface Sample {
  readonly body: Buffer;
  /** Headers besides the signature, e.g. a content type other than application/json. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly expect: 'success' | 'ignored' | 'quarantined';
}

export interface SigningContext {
  /** The configured secret. */
  readonly secret: string;
  /** What `signingKey` made, where the secret does not sign. */
  readonly key: string | null;
  /** The time of sending in milliseconds since the epoch. */
  readonly at: number;
  /** The address that the provider calls, as the source is configured with it. */
  readonly url: string;
  readonly options: ProviderOptions;
}

/** A body as it is sent, with the headers that belong to its signature. */
export interface SignedSample {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What signs samples in the provider's place, and the settings by which a server trusts it. */
export interface SigningKey {
  readonly key: string;
  readonly secret?: string;
  readonly options?: ProviderOptions;
}

export const SCENARIOS = [
  'succeeded',
  'failed',
  'authorized-captured',
  'voided',
  'refunded',
  'partially-refunded',
  'refund-failed',
  'disputed-won',
  'disputed-lost',
] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface SampleContext {
  /** Makes every id of a run distinct: 1 to 40 characters of [a-z0-9]. */
  readonly unique: string;
  /** Time of the scenario's first event in milliseconds since the epoch. */
  readonly now: number;
  readonly options: ProviderOptions;
  readonly account: string | null;
  readonly livemode: boolean;
}

export interface Provider {
  /** `^[a-z0-9][a-z0-9-]{0,62}$`; also the name of the source that its variable configures. */
  readonly name: string;
  /** How people write it. */
  readonly title: string;
  /** Media types it sends, without parameters; an absent type is always accepted. */
  readonly contentTypes: readonly string[];
  readonly secret: SecretDeclaration;
  /**
   * Without configuration (embedded Postgres, no secret variable) the service makes a secret for this
   * provider and keeps it in DATA_DIR, so that a first webhook can be sent at once. For one provider
   * at most, and only for one whose sender is the user: a payment company would not know the secret.
   */
  readonly generatedSecretInEmbeddedMode?: true;
  /**
   * Where a time is signed: `each-attempt` anew, so that it has to lie in the window of
   * TOLERANCE_SECONDS, or `once` for all attempts, so that it is refused only in the future.
   */
  readonly signsTime?: 'each-attempt' | 'once';
  /** The signature is a field of the body, which `verify` reads for it, and not a header. */
  readonly signatureInBody?: true;
  /** While a secret is rotated the header of its signature is sent twice, once for each secret. */
  readonly repeatsSignatureHeader?: true;
  readonly options: readonly OptionDeclaration[];
  /** Whether *each* event states account or livemode, so that they are part of every ref. */
  readonly refScope: { readonly account: boolean; readonly livemode: boolean };
  /** What of these some events state without being part of refs: a source deserves to be bound to it. */
  readonly alsoStates?: { readonly account?: true; readonly livemode?: true };
  /** Increased whenever the same bytes would be normalised differently. */
  readonly normaliserVersion: number;
  /** An authentic body that cannot be used is answered 400 instead of 200 (it is stored all the same). */
  readonly refusesUnusable: boolean;
  /** The answer to all that is stored, for a provider that looks for it, in place of our JSON. */
  readonly acknowledgement?: { readonly contentType: string; readonly body: string };
  /** Headers to keep with the bytes, in lower case, besides content-type and user-agent; never a secret. */
  readonly keepsHeaders?: readonly string[];
  /** Event types to subscribe to in the provider's console. */
  readonly subscriptions: readonly string[];

  /** Is it authentic? Bytes only. Never throws for anything a stranger can send. */
  verify(
    request: SignedRequest,
    context: VerificationContext,
  ): Verification | Promise<Verification>;

  /**
   * What a GET of the endpoint is answered, as plain text, where that is how the provider checks an
   * address before it sends anything there; null where the query is no such check. Anybody may ask:
   * what it signs for a stranger must not pass for a webhook.
   */
  challenge?(
    query: URLSearchParams,
    context: Pick<VerificationContext, 'secrets' | 'options'>,
  ): string | null;

  /** Reads a body that is not JSON as the JSON that it stands for. Pure; never throws, like readJson. */
  decode?(body: Buffer): JsonReading;

  /** Bytes already read as JSON → what they mean. Pure; never throws for an authentic body. */
  normalise(json: JsonObject, context: NormaliseContext): PaymentEvent[];

  /** The scenarios it can play, each a function to the bodies in order; absent ones do not exist there. */
  readonly scenarios: Readonly<
    Partial<Record<ScenarioName, (context: SampleContext) => readonly Sample[]>>
  >;

  /** Signs a sample as the provider would. */
  sign(sample: Sample, context: SigningContext): SignedSample;

  /**
   * A key that the provider alone would have, where the secret only verifies (a public key, the name
   * of a certificate): made in `directory` at the first call and the same ever after. Null where the
   * secret itself signs.
   */
  signingKey?(
    directory: string,
    configured: { readonly secret: string; readonly options: ProviderOptions },
  ): Promise<SigningKey | null>;
}
