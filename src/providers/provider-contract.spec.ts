import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';

import { type JsonObject, JsonNumber } from '../json/json.js';
import { readJson } from '../json/read-json.js';
import { PROVIDERS } from './index.js';
import {
  type Provider,
  QUARANTINE_CODES,
  type Sample,
  SCENARIOS,
  type ScenarioName,
  type SignedRequest,
  type SignedSample,
  type SigningKey,
  type Verification,
  type VerificationContext,
} from './provider.js';

/** What every provider promises, whatever it signs and says. A new provider is done when this passes. */

const NOW = Date.UTC(2026, 10, 24, 10);
const TOLERANCE_SECONDS = 300;
const URL = 'https://example.test/webhooks/source';

/** Secrets of the provider's own form, each from other bytes. */
function secretOf(provider: Provider, index: number): string {
  return provider.secret.make(Buffer.alloc(32, index + 1));
}

type Headers = readonly (readonly [name: string, value: string])[];

function requestOf(body: Buffer, headers: Headers): SignedRequest {
  return {
    body,
    headerValues: (name) =>
      headers.filter(([n]) => n.toLowerCase() === name.toLowerCase()).map(([, value]) => value),
  };
}

function optionsOf(provider: Provider): Record<string, string> {
  return Object.fromEntries(
    provider.options.flatMap(({ name, default: fallback, required }) => {
      const value = fallback ?? required?.example;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** A provider that is asked as the guard asks it, with a key that it trusts. */
class Desk {
  private readonly directory = mkdtempSync(join(tmpdir(), 'provider-contract-'));
  private own: SigningKey | null | undefined;
  readonly secret: string;

  constructor(readonly provider: Provider) {
    this.secret = secretOf(provider, 0);
  }

  async open(): Promise<void> {
    this.own = await this.provider.signingKey?.(this.directory, {
      secret: this.secret,
      options: optionsOf(this.provider),
    });
  }

  close(): void {
    rmSync(this.directory, { recursive: true });
  }

  private get options() {
    return { ...optionsOf(this.provider), ...this.own?.options };
  }

  sign(sample: Buffer | Sample, secret = this.secret, at = NOW): SignedSample {
    const unsigned = Buffer.isBuffer(sample)
      ? { body: sample, expect: 'success' as const }
      : sample;
    const { options } = this;
    return this.provider.sign(unsigned, {
      secret,
      key: this.own?.key ?? null,
      at,
      url: URL,
      options,
    });
  }

  verify(
    body: Buffer,
    headers: Headers,
    context: Partial<VerificationContext> = {},
  ): Verification | Promise<Verification> {
    return this.provider.verify(requestOf(body, headers), {
      secrets: [{ label: 'ONE', value: this.secret }],
      options: this.options,
      toleranceSeconds: TOLERANCE_SECONDS,
      now: NOW,
      url: URL,
      ...context,
    });
  }
}

function bodiesOf(provider: Provider, name: ScenarioName): readonly Sample[] {
  const scenario = provider.scenarios[name];
  if (scenario === undefined) return [];
  return scenario({
    unique: 'u1',
    now: NOW,
    options: optionsOf(provider),
    account: null,
    livemode: false,
  });
}

function normalise(
  provider: Provider,
  body: Buffer | JsonObject,
  headers: Readonly<Record<string, string>> = {},
) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from('any');
  return provider.normalise(Buffer.isBuffer(body) ? jsonOf(provider, body) : body, {
    options: optionsOf(provider),
    headers,
    body: bytes,
    bodySha256: createHash('sha256').update(bytes).digest('hex'),
  });
}

function headersOfSample(step: Sample): Headers {
  return Object.entries(step.headers ?? {});
}

/** The headers that the guard keeps of a request. */
function keptOf(provider: Provider, headers: Headers): Record<string, string> {
  return Object.fromEntries(
    headers
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => provider.keepsHeaders?.includes(name)),
  );
}

/** JSON as readJson hands it over: numbers by their text, no prototype. */
const anyJson = fc.letrec<{ value: unknown; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '\u0000', '\ud800', 'x'.repeat(300), 'succeeded', 'payment_intent'),
    fc
      .constantFrom('0', '-1', '1.5', '1e9', '9007199254740993', '4999')
      .map((text) => new JsonNumber(text)),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom('id', 'type', 'data', 'object', 'created', '__proto__')),
    tie('value'),
    { maxKeys: 6 },
  ) as fc.Arbitrary<JsonObject>,
})).object;

/** A sample's object with one field, at any depth, replaced by something else. */
function mutated(json: JsonObject, path: number, value: unknown): JsonObject {
  const copy = structuredCloneOf(json);
  const places: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown) => {
    if (node === null || typeof node !== 'object' || node instanceof JsonNumber) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(copy);
  const [node, key] = places[path % places.length] ?? [copy, 'x'];
  node[key] = value;
  return copy;
}

function structuredCloneOf<T>(node: T): T {
  if (node === null || typeof node !== 'object' || node instanceof JsonNumber) return node;
  if (Array.isArray(node)) return node.map(structuredCloneOf) as T;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, structuredCloneOf(value)]),
  ) as T;
}

function jsonOf(provider: Provider, body: Buffer): JsonObject {
  const read = provider.decode?.(body) ?? readJson(body);
  if (!read.ok) throw new Error(`sample is not readable: ${read.code}`);
  return read.value;
}

describe('the list', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({
      name: entry.name,
      files: readdirSync(join(import.meta.dirname, entry.name)),
    }))
    .filter(({ name, files }) => files.includes(`${name}.provider.ts`));

  it('has every folder with a provider in it, and nothing else', () => {
    expect(PROVIDERS.map((provider) => provider.name).sort()).toEqual(
      folders.map((folder) => folder.name).sort(),
    );
  });

  it.each(folders)('$name has the same files as every other', ({ name, files }) => {
    expect(files).toEqual(
      expect.arrayContaining([
        'README.md',
        `${name}.dto.ts`,
        `${name}.normaliser.ts`,
        `${name}.provider.spec.ts`,
        `${name}.provider.ts`,
        `${name}.samples.ts`,
      ]),
    );
  });

  it('makes a secret by itself for one provider at most', () => {
    expect(PROVIDERS.filter((p) => p.generatedSecretInEmbeddedMode).length).toBeLessThan(2);
  });
});

describe.each(PROVIDERS.map((provider) => [provider.name, provider] as const))(
  '%s',
  (name, provider) => {
    const desk = new Desk(provider);
    beforeAll(() => desk.open());
    afterAll(() => desk.close());

    const [first] = bodiesOf(provider, 'succeeded');
    const sample: Sample = first ?? { body: Buffer.from('{}'), expect: 'success' };
    const otherSecret = secretOf(provider, 1);
    const headersOf = (signed: SignedSample): Headers => [
      ...Object.entries(sample.headers ?? {}),
      ...Object.entries(signed.headers),
    ];
    /** The sample, signed and asked about. */
    const verifySample = (
      secret = desk.secret,
      at = NOW,
      context: Partial<VerificationContext> = {},
    ) => {
      const signed = desk.sign(sample, secret, at);
      return desk.verify(signed.body, headersOf(signed), context);
    };

    it('has a name that can stand in an address and in a variable', () => {
      expect(name).toMatch(/^[a-z0-9][a-z0-9-]{0,62}$/);
      expect(provider.secret.variable).toMatch(/^[A-Z][A-Z0-9_]*$/);
    });

    it('says where its secret is found, what its options are for, and what to subscribe to', () => {
      for (const { description } of [provider.secret, ...provider.options]) {
        expect(description).toMatch(/^.{20,}\.$/);
      }
      expect(provider.subscriptions).not.toEqual([]);
      expect(new Set(provider.subscriptions).size).toBe(provider.subscriptions.length);
      for (const type of provider.subscriptions) expect(type).toMatch(/^[!-~]+$/);
    });

    it('refuses an empty and a short secret, and accepts one of its own form', () => {
      expect(provider.secret.check('')).not.toBeNull();
      expect(provider.secret.check('short')).not.toBeNull();
      expect(provider.secret.check(desk.secret)).toBeNull();
      expect(provider.secret.check(otherSecret)).toBeNull();
      expect(otherSecret).not.toBe(desk.secret);
    });

    describe('accepts', () => {
      it('what it signs itself', async () => {
        expect(await verifySample()).toEqual({ authentic: true, verifiedWith: 'ONE' });
      });

      it.each([0, 1, 2])('rotation secret %i of three, and says which', async (index) => {
        const secrets = ['A', 'B', 'C'].map((label, i) => ({
          label,
          value: secretOf(provider, i),
        }));
        const used = secrets[index];
        if (used === undefined) throw new Error('no such secret');
        expect(await verifySample(used.value, NOW, { secrets })).toEqual({
          authentic: true,
          verifiedWith: used.label,
        });
      });
    });

    describe('rejects', () => {
      it('the secret of another source', async () => {
        expect(await verifySample(otherSecret)).toEqual({
          authentic: false,
          code: 'signature_invalid',
        });
      });

      it('the empty key', async () => {
        expect(await verifySample('')).toEqual({ authentic: false, code: 'signature_invalid' });
      });

      it('everything, while no secret is configured', async () => {
        expect(await verifySample('', NOW, { secrets: [] })).toMatchObject({ authentic: false });
      });

      it('a body without a signature', async () => {
        expect(await desk.verify(sample.body, Object.entries(sample.headers ?? {}))).toEqual({
          authentic: false,
          code: 'signature_missing',
        });
      });

      it('bytes that are no JSON and not signed, without an exception', async () => {
        for (const bytes of ['', '{', '[]', 'null', '\u0000', '{"a":', '[['.repeat(5000)]) {
          expect(await desk.verify(Buffer.from(bytes), [])).toMatchObject({ authentic: false });
        }
      });
    });

    if (provider.signatureInBody !== true) {
      describe('a signature in headers', () => {
        const body = sample.body;
        const small = Buffer.from('{"a":1}');
        const signed = (bytes: Buffer, secret?: string): Headers =>
          Object.entries(desk.sign(bytes, secret).headers);
        const rejects = async (headers: Headers, code: string, bytes = body) =>
          expect(await desk.verify(bytes, headers)).toEqual({ authentic: false, code });

        it('is found by a header name in any case', async () => {
          const shouted = signed(body).map(([n, v]) => [n.toUpperCase(), v] as const);
          expect(await desk.verify(body, shouted)).toMatchObject({ authentic: true });
        });

        it('may be one of bytes that are not UTF-8, since bytes are what is signed', async () => {
          const bytes = Buffer.from([0x7b, 0xff, 0x00, 0xc3, 0x7d]);
          expect(await desk.verify(bytes, signed(bytes))).toMatchObject({ authentic: true });
        });

        it('is missing where it is empty', () =>
          rejects(
            signed(body).map(([n]) => [n, ''] as const),
            'signature_missing',
          ));

        it('is not that of a body with any one bit flipped, one byte more or one less', async () => {
          const headers = signed(small);
          for (let bit = 0; bit < small.length * 8; bit += 1) {
            const flipped = Buffer.from(small);
            flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
            await rejects(headers, 'signature_invalid', flipped);
          }
          await rejects(headers, 'signature_invalid', Buffer.concat([small, Buffer.from(' ')]));
          await rejects(headers, 'signature_invalid', small.subarray(0, -1));
        });

        it('is whole: no proper prefix of it, and not one character more', async () => {
          const headers = signed(body);
          for (const [index, [header, value]] of headers.entries()) {
            for (let length = 0; length < value.length; length += 1) {
              const cut = headers.with(index, [header, value.slice(0, length)]);
              expect(await desk.verify(body, cut)).toMatchObject({ authentic: false });
            }
            for (const more of ['0', ' ', '\n', ',', '=']) {
              const longer = headers.with(index, [header, value + more]);
              expect(await desk.verify(body, longer)).toMatchObject({ authentic: false });
            }
          }
        });

        it('has no character that may be another, of its last 64', async () => {
          const headers = signed(body);
          for (const [index, [header, value]] of headers.entries()) {
            for (let at = Math.max(0, value.length - 64); at < value.length; at += 1) {
              const other = value[at] === '0' ? '1' : '0';
              const changed = value.slice(0, at) + other + value.slice(at + 1);
              const forged = headers.with(index, [header, changed]);
              expect(await desk.verify(body, forged)).toMatchObject({ authentic: false });
            }
          }
        });

        if (provider.repeatsSignatureHeader === true) {
          it('may stand in any of two headers, and not in more than eight', async () => {
            const good = signed(body);
            const bad = signed(body, otherSecret);
            for (const headers of [
              [...good, ...good],
              [...bad, ...good],
              [...good, ...bad],
            ]) {
              expect(await desk.verify(body, headers)).toMatchObject({ authentic: true });
            }
            await rejects([...bad, ...bad], 'signature_invalid');
            const many = Array<Headers>(8).fill(bad).flat();
            await rejects([...many, ...good], 'signature_invalid');
            await rejects([...good, ...many], 'signature_invalid');
          });
        } else {
          it('stands in one header: not in a repeated one, be both good or one bad', async () => {
            const good = signed(body);
            const bad = signed(body, otherSecret);
            await rejects([...good, ...good], 'signature_invalid');
            await rejects([...bad, ...good], 'signature_invalid');
            await rejects([...good, ...bad], 'signature_invalid');
          });
        }

        it('is no garbage, and garbage makes no exception', async () => {
          const names = signed(body).map(([n]) => n);
          await fc.assert(
            fc.asyncProperty(
              fc.array(
                fc.tuple(
                  fc.constantFrom(...names),
                  fc.oneof(
                    fc.string({ unit: 'binary', maxLength: 2000 }),
                    fc.string({ maxLength: 200 }),
                    fc.constantFrom(
                      't=,v1=',
                      'v1',
                      't=1,v1',
                      `t=${NOW / 1000},v1=${'é'.repeat(64)}`,
                      'sha256=',
                      'é'.repeat(64),
                      'F'.repeat(64),
                      `${'v1=0,'.repeat(400)}t=1`,
                    ),
                  ),
                ),
                { maxLength: 3 },
              ),
              async (headers) => {
                expect(await desk.verify(body, headers)).toMatchObject({ authentic: false });
              },
            ),
            { numRuns: 300 },
          );
        });
      });
    }

    const at = (seconds: number, context: Partial<VerificationContext> = {}) =>
      verifySample(desk.secret, NOW + seconds * 1000, context);

    if (provider.signsTime === 'each-attempt') {
      describe('the signed time', () => {
        it.each([-TOLERANCE_SECONDS, -1, 0, 1, TOLERANCE_SECONDS])(
          'is accepted at %i seconds from now',
          async (seconds) => {
            expect(await at(seconds)).toMatchObject({ authentic: true });
          },
        );

        it.each([-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1, -86_400, 315_360_000])(
          'is refused at %i seconds from now',
          async (seconds) => {
            expect(await at(seconds)).toEqual({
              authentic: false,
              code: 'timestamp_out_of_tolerance',
            });
          },
        );

        it('says nothing about the time to who cannot sign', async () => {
          expect(await verifySample(otherSecret, NOW - 86_400_000)).toEqual({
            authentic: false,
            code: 'signature_invalid',
          });
        });

        it('allows no distance at all with a tolerance of 0', async () => {
          expect(await at(0, { toleranceSeconds: 0 })).toMatchObject({ authentic: true });
          expect(await at(-1, { toleranceSeconds: 0 })).toMatchObject({
            code: 'timestamp_out_of_tolerance',
          });
        });
      });
    } else if (provider.signsTime === 'once') {
      describe('the signed time', () => {
        it.each([-315_360, -TOLERANCE_SECONDS - 1, 0, TOLERANCE_SECONDS])(
          'is accepted at %i seconds from now, since a retry comes days later',
          async (seconds) => {
            expect(await at(seconds)).toMatchObject({ authentic: true });
          },
        );

        it('is refused in the future', async () => {
          expect(await at(TOLERANCE_SECONDS + 1)).toEqual({
            authentic: false,
            code: 'timestamp_out_of_tolerance',
          });
        });
      });
    } else {
      it('verifies whatever the time is, since it signs none', async () => {
        for (const now of [0, NOW, NOW * 2]) {
          expect(await verifySample(desk.secret, NOW, { now })).toMatchObject({ authentic: true });
        }
      });
    }

    const played = SCENARIOS.filter((scenario) => provider.scenarios[scenario] !== undefined);

    it('plays at least the success of a payment', () => {
      expect(played).toContain('succeeded');
    });

    it.each(played)('scenario %s verifies and means what it says', async (scenario) => {
      const samples = bodiesOf(provider, scenario);
      expect(samples.length).toBeGreaterThan(0);
      let last = 0;
      const ids = new Set<string | null>();
      for (const step of samples) {
        const signed = desk.sign(step);
        const headers = [...Object.entries(step.headers ?? {}), ...Object.entries(signed.headers)];
        expect(await desk.verify(signed.body, headers)).toMatchObject({ authentic: true });
        const events = normalise(provider, signed.body, keptOf(provider, headers));
        const statuses = events.map((event) => event.meaning.status);
        const expected = { success: 'applied', ignored: 'ignored', quarantined: 'quarantined' };
        expect(statuses).toContain(expected[step.expect]);
        if (step.expect !== 'quarantined') expect(statuses).not.toContain('quarantined');
        for (const event of events) {
          expect(ids.has(event.eventId)).toBe(event.eventId === null);
          if (event.eventId !== null) ids.add(event.eventId);
          // So that the start can say that a source is not bound to one.
          const { refScope, alsoStates } = provider;
          if (event.account !== null) expect(refScope.account || alsoStates?.account).toBe(true);
          if (event.livemode !== null) expect(refScope.livemode || alsoStates?.livemode).toBe(true);
          if (event.occurredAt > 0) {
            expect(event.occurredAt).toBeGreaterThanOrEqual(last);
            last = event.occurredAt;
          }
        }
      }
    });

    it('keeps the ids of two runs apart', () => {
      const run = (unique: string) =>
        (
          provider.scenarios.succeeded?.({
            unique,
            now: NOW,
            options: optionsOf(provider),
            account: null,
            livemode: false,
          }) ?? []
        ).flatMap((step) =>
          normalise(provider, step.body, keptOf(provider, headersOfSample(step))).flatMap(
            (event) =>
              event.meaning.status === 'applied'
                ? event.meaning.statements.flatMap((s) => [...s.refs])
                : [],
          ),
        );
      const first = new Set(run('u1'));
      expect(run('u2').filter((ref) => first.has(ref))).toEqual([]);
    });

    /** What the recorder relies on, whatever the body is. */
    function expectSound(json: JsonObject, headers: Readonly<Record<string, string>>) {
      const events = normalise(provider, json, headers);
      expect(events.length).toBeGreaterThan(0);
      expect(normalise(provider, json, headers)).toEqual(events);
      for (const event of events) {
        for (const id of [event.eventId, event.account]) {
          if (id !== null) expect(isStorableId(id)).toBe(true);
        }
        expect(Number.isSafeInteger(event.occurredAt)).toBe(true);
        expect(event.occurredAt).toBeGreaterThanOrEqual(0);
        if (event.meaning.status === 'quarantined') {
          expect(QUARANTINE_CODES).toContain(event.meaning.code);
        }
        if (event.meaning.status !== 'applied') continue;
        expect(event.meaning.statements.length).toBeGreaterThan(0);
        for (const s of event.meaning.statements) {
          expect(s.refs.length).toBeGreaterThan(0);
          for (const ref of [...s.refs, ...s.groups]) expect(ref).toMatch(/^[a-z_]+:./s);
          for (const id of [s.key, s.reference, s.failure?.code ?? null, ...s.refs, ...s.groups]) {
            if (id !== null) expect(isStorable(id)).toBe(true);
          }
          if (s.failure?.message) expect(isStorable(s.failure.message)).toBe(true);
          expect(s.amount === null).toBe(s.currency === null);
          if (s.amount !== null) {
            expect(s.amount).toBeGreaterThanOrEqual(0n);
            expect(s.amount).toBeLessThanOrEqual(BigInt(Number.MAX_SAFE_INTEGER));
          }
          expect(Number.isSafeInteger(s.at) && s.at >= 0).toBe(true);
        }
      }
    }

    it('decodes what is no JSON, and never throws', () => {
      if (provider.decode === undefined) return;
      const bytes = fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
        fc.tuple(fc.constant(sample.body), fc.nat(), fc.nat(255)).map(([body, at, byte]) =>
          Buffer.from(body)
            .fill(byte, at % body.length)
            .subarray(0),
        ),
      );
      fc.assert(
        fc.property(bytes, (body) => {
          const reading = provider.decode?.(Buffer.from(body));
          if (reading?.ok === false) expect(QUARANTINE_CODES).toContain(reading.code);
        }),
        { numRuns: 500 },
      );
    });

    it('normalises any JSON object to at least one event and never throws', () => {
      const headers = fc.constantFrom({}, keptOf(provider, headersOfSample(sample)));
      fc.assert(fc.property(anyJson, headers, expectSound), { numRuns: 500 });
    });

    it('normalises samples with one field replaced, and never throws', () => {
      const samples = played
        .flatMap((s) => bodiesOf(provider, s))
        .map((s) => ({
          json: jsonOf(provider, s.body),
          headers: keptOf(provider, headersOfSample(s)),
        }));
      const replacement = fc.constantFrom<unknown>(
        undefined,
        null,
        '',
        '\u0000',
        'a\ud800',
        'x'.repeat(256),
        'unknown',
        new JsonNumber('-1'),
        new JsonNumber('0'),
        new JsonNumber('1.5'),
        new JsonNumber('9007199254740993'),
        true,
        [],
        {},
        { id: 'x_1' },
      );
      fc.assert(
        fc.property(fc.constantFrom(...samples), fc.nat(), replacement, (step, path, value) => {
          expectSound(mutated(step.json, path, value), step.headers);
        }),
        { numRuns: 1000 },
      );
    });
  },
);

/** Postgres takes it: no NUL, no lone surrogate. */
function isStorable(text: string): boolean {
  return text.length > 0 && !text.includes('\u0000') && Buffer.from(text).toString() === text;
}

function isStorableId(text: string): boolean {
  return isStorable(text) && text.length <= 255;
}
