import { readdirSync } from 'node:fs';
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
  type Verification,
  type VerificationContext,
} from './provider.js';

/** What every provider promises, whatever it signs and says. A new provider is done when this passes. */

const NOW = Date.UTC(2026, 10, 24, 10);
const TOLERANCE_SECONDS = 300;
const SECRET = 'contract-secret-one-0123456789';
const OTHER_SECRET = 'contract-secret-two-0123456789';

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
    provider.options.flatMap((o) => (o.default === undefined ? [] : [[o.name, o.default]])),
  );
}

function verify(
  provider: Provider,
  body: Buffer,
  headers: Headers,
  context: Partial<VerificationContext> = {},
): Verification | Promise<Verification> {
  return provider.verify(requestOf(body, headers), {
    secrets: [{ label: 'ONE', value: SECRET }],
    options: optionsOf(provider),
    toleranceSeconds: TOLERANCE_SECONDS,
    now: NOW,
    url: 'https://example.test/webhooks/source',
    ...context,
  });
}

function signed(provider: Provider, body: Buffer, secret = SECRET, at = NOW): Headers {
  return Object.entries(provider.sign(body, secret, at));
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

function normalise(provider: Provider, json: JsonObject) {
  return provider.normalise(json, {
    options: optionsOf(provider),
    headers: {},
    bodySha256: 'ab'.repeat(32),
  });
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

function jsonOf(body: Buffer): JsonObject {
  const read = readJson(body);
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
    const [sample] = bodiesOf(provider, 'succeeded');
    const body = sample?.body ?? Buffer.from('{}');
    const small = Buffer.from('{"a":1}');

    it('has a name that can stand in an address and in a variable', () => {
      expect(name).toMatch(/^[a-z0-9][a-z0-9-]{0,62}$/);
      expect(provider.secret.variable).toMatch(/^[A-Z][A-Z0-9_]*$/);
    });

    it('refuses an empty and a short secret, and accepts a good one', () => {
      expect(provider.secret.check('')).not.toBeNull();
      expect(provider.secret.check('short')).not.toBeNull();
      expect(provider.secret.check(SECRET)).toBeNull();
    });

    describe('accepts', () => {
      it('what it signs itself', async () => {
        expect(await verify(provider, body, signed(provider, body))).toEqual({
          authentic: true,
          verifiedWith: 'ONE',
        });
      });

      it('a header name in any case', async () => {
        const shouted = signed(provider, body).map(([n, v]) => [n.toUpperCase(), v] as const);
        expect(await verify(provider, body, shouted)).toMatchObject({ authentic: true });
      });

      it.each([0, 1, 2])('rotation secret %i of three, and says which', async (index) => {
        const secrets = ['A', 'B', 'C'].map((label) => ({ label, value: `${SECRET}-${label}` }));
        const used = secrets[index];
        if (used === undefined) throw new Error('no such secret');
        expect(
          await verify(provider, body, signed(provider, body, used.value), { secrets }),
        ).toEqual({ authentic: true, verifiedWith: used.label });
      });

      it('bytes that are not UTF-8, since bytes are what is signed', async () => {
        const bytes = Buffer.from([0x7b, 0xff, 0x00, 0xc3, 0x7d]);
        expect(await verify(provider, bytes, signed(provider, bytes))).toMatchObject({
          authentic: true,
        });
      });
    });

    describe('rejects', () => {
      const rejects = async (headers: Headers, code: string, bytes = body) =>
        expect(await verify(provider, bytes, headers)).toEqual({ authentic: false, code });

      it('no signature', () => rejects([], 'signature_missing'));

      it('an empty signature', () =>
        rejects(
          signed(provider, body).map(([n]) => [n, ''] as const),
          'signature_missing',
        ));

      it('the secret of another source', () =>
        rejects(signed(provider, body, OTHER_SECRET), 'signature_invalid'));

      it('the empty key', () => rejects(signed(provider, body, ''), 'signature_invalid'));

      it('everything, while no secret is configured', async () => {
        expect(
          await verify(provider, body, signed(provider, body, ''), { secrets: [] }),
        ).toMatchObject({ authentic: false });
      });

      it('a body with any one bit flipped, one byte more or one less', async () => {
        const headers = signed(provider, small);
        for (let bit = 0; bit < small.length * 8; bit += 1) {
          const flipped = Buffer.from(small);
          flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          await rejects(headers, 'signature_invalid', flipped);
        }
        await rejects(headers, 'signature_invalid', Buffer.concat([small, Buffer.from(' ')]));
        await rejects(headers, 'signature_invalid', small.subarray(0, -1));
      });

      it('each proper prefix of the signature, and the signature with one character more', async () => {
        const headers = signed(provider, body);
        for (const [index, [header, value]] of headers.entries()) {
          for (let length = 0; length < value.length; length += 1) {
            const cut = headers.with(index, [header, value.slice(0, length)]);
            expect(await verify(provider, body, cut)).toMatchObject({ authentic: false });
          }
          for (const more of ['0', ' ', '\n', ',', '=']) {
            const longer = headers.with(index, [header, value + more]);
            expect(await verify(provider, body, longer)).toMatchObject({ authentic: false });
          }
        }
      });

      it('the signature with any one of its last 64 characters changed', async () => {
        const headers = signed(provider, body);
        for (const [index, [header, value]] of headers.entries()) {
          for (let at = Math.max(0, value.length - 64); at < value.length; at += 1) {
            const other = value[at] === '0' ? '1' : '0';
            const changed = value.slice(0, at) + other + value.slice(at + 1);
            const forged = headers.with(index, [header, changed]);
            expect(await verify(provider, body, forged)).toMatchObject({ authentic: false });
          }
        }
      });

      it('a repeated header, be both good or one bad', async () => {
        const good = signed(provider, body);
        const bad = signed(provider, body, OTHER_SECRET);
        await rejects([...good, ...good], 'signature_invalid');
        await rejects([...bad, ...good], 'signature_invalid');
        await rejects([...good, ...bad], 'signature_invalid');
      });

      it('garbage in its headers, without an exception', async () => {
        const names = signed(provider, body).map(([n]) => n);
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
              expect(await verify(provider, body, headers)).toMatchObject({ authentic: false });
            },
          ),
          { numRuns: 300 },
        );
      });
    });

    if (provider.signsTime) {
      describe('the signed time', () => {
        it.each([-TOLERANCE_SECONDS, -1, 0, 1, TOLERANCE_SECONDS])(
          'is accepted at %i seconds from now',
          async (seconds) => {
            const headers = signed(provider, body, SECRET, NOW + seconds * 1000);
            expect(await verify(provider, body, headers)).toMatchObject({ authentic: true });
          },
        );

        it.each([-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1, -86_400, 315_360_000])(
          'is refused at %i seconds from now',
          async (seconds) => {
            const headers = signed(provider, body, SECRET, NOW + seconds * 1000);
            expect(await verify(provider, body, headers)).toEqual({
              authentic: false,
              code: 'timestamp_out_of_tolerance',
            });
          },
        );

        it('says nothing about the time to who cannot sign', async () => {
          const headers = signed(provider, body, OTHER_SECRET, NOW - 86_400_000);
          expect(await verify(provider, body, headers)).toEqual({
            authentic: false,
            code: 'signature_invalid',
          });
        });

        it('allows no distance at all with a tolerance of 0', async () => {
          const at = (time: number) =>
            verify(provider, body, signed(provider, body, SECRET, time), { toleranceSeconds: 0 });
          expect(await at(NOW)).toMatchObject({ authentic: true });
          expect(await at(NOW - 1000)).toMatchObject({ code: 'timestamp_out_of_tolerance' });
        });
      });
    } else {
      it('verifies whatever the time is, since it signs none', async () => {
        for (const now of [0, NOW, NOW * 2]) {
          expect(await verify(provider, body, signed(provider, body), { now })).toMatchObject({
            authentic: true,
          });
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
        expect(await verify(provider, step.body, signed(provider, step.body))).toMatchObject({
          authentic: true,
        });
        const events = normalise(provider, jsonOf(step.body));
        const statuses = events.map((event) => event.meaning.status);
        const expected = { success: 'applied', ignored: 'ignored', quarantined: 'quarantined' };
        expect(statuses).toContain(expected[step.expect]);
        if (step.expect !== 'quarantined') expect(statuses).not.toContain('quarantined');
        for (const event of events) {
          expect(ids.has(event.eventId)).toBe(event.eventId === null);
          if (event.eventId !== null) ids.add(event.eventId);
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
          normalise(provider, jsonOf(step.body)).flatMap((event) =>
            event.meaning.status === 'applied'
              ? event.meaning.statements.flatMap((s) => [...s.refs])
              : [],
          ),
        );
      const first = new Set(run('u1'));
      expect(run('u2').filter((ref) => first.has(ref))).toEqual([]);
    });

    /** What the recorder relies on, whatever the body is. */
    function expectSound(json: JsonObject) {
      const events = normalise(provider, json);
      expect(events.length).toBeGreaterThan(0);
      expect(normalise(provider, json)).toEqual(events);
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

    it('normalises any JSON object to at least one event and never throws', () => {
      fc.assert(fc.property(anyJson, expectSound), { numRuns: 500 });
    });

    it('normalises samples with one field replaced, and never throws', () => {
      const samples = played.flatMap((s) => bodiesOf(provider, s)).map((s) => jsonOf(s.body));
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
        fc.property(fc.constantFrom(...samples), fc.nat(), replacement, (json, path, value) => {
          expectSound(mutated(json, path, value));
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
