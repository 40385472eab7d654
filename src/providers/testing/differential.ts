/**
 * A provider's verifier beside a judge of it, over thousands of requests, true and mutated: for the
 * differential specs, each of which says which requests, who judges, and why they may disagree.
 */
import fc from 'fast-check';

import { runs } from '../../payments/testing/arbitraries.js';
import { type Provider, type VerificationContext } from '../provider.js';

export interface Judges<T> {
  ours(attempt: T): boolean | Promise<boolean>;
  theirs(attempt: T): boolean | Promise<boolean>;
  /** Why we refuse on purpose what they accept; null where no reason is known. */
  reasonWeRefuse(attempt: T): string | null;
  /** Why they refuse what we accept; null where no reason is known. */
  reasonTheyRefuse(attempt: T): string | null;
}

/**
 * How often they were of one mind and of two: `both accept`, `both refuse`, `we refuse <reason>`,
 * `they refuse <reason>`. A disagreement without a known reason throws, with the request.
 *
 * @param usual number of requests; `FC_RUNS` can ask for more
 */
export async function judge<T>(
  attempts: fc.Arbitrary<T>,
  judges: Judges<T>,
  usual: number,
): Promise<ReadonlyMap<string, number>> {
  const verdicts = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(attempts, async (attempt) => {
      const verdict = await verdictOn(attempt, judges);
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }),
    { ...runs(usual), seed: 20261124 },
  );
  return verdicts;
}

async function verdictOn<T>(attempt: T, judges: Judges<T>): Promise<string> {
  const [we, they] = [await judges.ours(attempt), await judges.theirs(attempt)];
  if (we === they) return we ? 'both accept' : 'both refuse';
  const who = we ? 'they refuse' : 'we refuse';
  const reason = we ? judges.reasonTheyRefuse(attempt) : judges.reasonWeRefuse(attempt);
  if (reason === null) throw new Error(`${who} for no reason that is known`);
  return `${who} ${reason}`;
}

export interface Request {
  readonly body: Buffer;
  /** By any spelling of the name; several where a header is repeated. */
  readonly headerValues: (name: string) => readonly string[];
}

/** Whether a provider's verifier accepts a request that is sent to a source with these secrets. */
export async function accepts(
  provider: Pick<Provider, 'name' | 'verify'>,
  { body, headerValues }: Request,
  {
    secrets,
    ...context
  }: Partial<Omit<VerificationContext, 'secrets'>> & { readonly secrets: readonly string[] },
): Promise<boolean> {
  const { authentic } = await provider.verify(
    { body, headerValues: (name) => [...headerValues(name)] },
    {
      secrets: secrets.map((value, index) => ({ label: `SECRET_${index + 1}`, value })),
      options: {},
      toleranceSeconds: 300,
      now: 0,
      url: `http://localhost/webhooks/${provider.name}`,
      ...context,
    },
  );
  return authentic;
}

export const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const REPLACEMENT = Buffer.from('\ufffd');

/** Whether bytes are UTF-8, so that whoever signs the text signs the bytes. */
export function isText(body: Buffer): boolean {
  return Buffer.from(body.toString()).equals(body);
}

/** What becomes of a body after it was signed; mostly nothing. */
export const bodyMutations = fc.oneof(
  { weight: 12, arbitrary: fc.constant((body: Buffer) => body) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.nat(7)).map(([at, bit]) => (body: Buffer) => {
      const flipped = Buffer.from(body);
      if (body.length > 0) flipped[at % body.length]! ^= 1 << bit;
      return flipped;
    }),
  },
  fc.constant((body: Buffer) => Buffer.concat([BOM, body])),
  fc.constant((body: Buffer) => body.subarray(1)),
  fc.constant((body: Buffer) => body.subarray(0, -1)),
  fc.constant((body: Buffer) => Buffer.concat([body, Buffer.from('\n')])),
  // Not UTF-8, and read as text the same as before.
  fc.constant((body: Buffer) => {
    const at = body.indexOf(REPLACEMENT);
    return at < 0
      ? body
      : Buffer.concat([body.subarray(0, at), Buffer.from([0xff]), body.subarray(at + 3)]);
  }),
);

/** What becomes on its way of a header that is the base64 of 32 bytes; mostly nothing. */
export const base64Mutations = fc.oneof(
  { weight: 10, arbitrary: fc.constant((good: string) => good) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(43), fc.constantFrom(...'AZaz09+/=-_ \n\u00e9')).map(
      ([at, other]) =>
        (good: string) =>
          good.slice(0, at) + other + good.slice(at + 1),
    ),
  },
  { weight: 2, arbitrary: fc.nat(43).map((length) => (good: string) => good.slice(0, length)) },
  fc.string({ maxLength: 4 }).map((more) => (good: string) => good + more),
  fc.constantFrom(
    (good: string) => ` ${good}`,
    (good: string) => good.toLowerCase(),
    (good: string) => good.replace('=', ''),
    (good: string) => good.replaceAll('+', '-').replaceAll('/', '_'),
    (good: string) => Buffer.from(good, 'base64').toString('hex'),
    (good: string) => `${good},${good}`,
    (good: string) => `sha256=${good}`,
    () => '\u00e9'.repeat(44),
    () => 'A'.repeat(5000),
  ),
);

/** What becomes on its way of a header that is hex in lower case, of so many digits; mostly nothing. */
export function hexMutations(digits: number) {
  const somewhere = fc.nat(digits - 1);
  return fc.oneof(
    { weight: 10, arbitrary: fc.constant((good: string) => good) },
    {
      weight: 3,
      arbitrary: fc.tuple(somewhere, fc.constantFrom(...'09afAFgG=-_ \n\u00e9')).map(
        ([at, other]) =>
          (good: string) =>
            good.slice(0, at) + other + good.slice(at + 1),
      ),
    },
    { weight: 2, arbitrary: somewhere.map((length) => (good: string) => good.slice(0, length)) },
    fc.string({ maxLength: 4 }).map((more) => (good: string) => good + more),
    fc.constantFrom(
      (good: string) => ` ${good}`,
      (good: string) => good.toUpperCase(),
      (good: string) => Buffer.from(good, 'hex').toString('base64'),
      (good: string) => `${good},${good}`,
      (good: string) => `sha256=${good}`,
      (good: string) => `${good}${good}`,
      () => '\u00e9'.repeat(digits),
      () => 'a'.repeat(5000),
    ),
  );
}

/** How a header with items `name=value` writes a time in seconds, signed as the plain number. */
export function timeWritings(name: string, separator: string) {
  return fc.oneof(
    { weight: 14, arbitrary: fc.constant((time: number) => `${name}=${time}`) },
    fc.constantFrom(
      (time: number) => `${name}=${time}junk`,
      (time: number) => `${name}=0${time}`,
      (time: number) => `${name}= ${time}`,
      (time: number) => `${name}=+${time}`,
      (time: number) => `${name}=${time}.5`,
      (time: number) => `${name}=${time}=1`,
      (time: number) => `${name}=-${time}`,
      (time: number) => `${name}=${time}${separator}${name}=${time}`,
      (time: number) => `${name}=1${separator}${name}=${time}`,
      () => `${name}=NaN`,
      () => name,
      () => 'x=1',
    ),
  );
}
