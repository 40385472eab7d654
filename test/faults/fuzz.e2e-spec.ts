/**
 * Requests whose bytes, headers and JSON are mutated, to a source of every provider. Each is answered
 * as docs/security.md has it, the service fails at nothing, and what it answered is what is stored.
 * A thousand requests; 50,000 with FAULTS=whole. FUZZ_SEED brings a run back.
 */
import { classifyDatabaseError } from '../../src/database/database-errors.js';
import { PROVIDERS } from '../../src/providers/index.js';
import { type Sample } from '../../src/providers/provider.js';
import {
  createTestApplication,
  type Answer,
  type TestApplication,
} from '../support/application.js';
import { createTestDirectory } from '../support/database.js';
import { RawConnection } from '../support/raw-http.js';
import { createSigner, type TestSigner } from '../support/signer.js';
import { unique } from '../support/signed.js';
import { bytesOf, mutateBytes, mutateHead, mutateJson, type Request } from './fuzz/mutations.js';
import { outcomeOf, OUTCOMES, type Outcome } from './fuzz/outcome.js';
import { Random } from './fuzz/random.js';

const REQUESTS = process.env.FAULTS === 'whole' ? 50_000 : 1_000;
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
/** Requests under way; many, since one that lacks its end waits until it is too old. */
const CONCURRENCY = 50;
const AN_HOUR = 60 * 60 * 1000;

/** Follows each request on its connection, so that the connection ends as soon as all is answered. */
const LAST = Buffer.from('GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');

const KINDS = ['none', 'again', 'bytes', 'head', 'body', 'json', 'json', 'json'] as const;

describe('mutated requests', () => {
  let service: TestApplication;
  const signers: TestSigner[] = [];
  const faults: unknown[] = [];
  const counts = new Map<string, Record<Outcome, number>>();
  const met = new Map<string, number>();

  beforeAll(async () => {
    const directory = await createTestDirectory();
    for (const provider of PROVIDERS) signers.push(await createSigner(provider, directory));
    const env = Object.assign({}, ...signers.map((signer) => signer.env)) as TestSigner['env'];
    service = await createTestApplication({ env });
    const ignore = () => undefined;
    const error = (line: unknown) => faults.push(line);
    service.app.useLogger({ log: ignore, warn: ignore, error, fatal: error });
    for (const { provider } of signers) {
      const none = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0]));
      counts.set(provider.name, none as Record<Outcome, number>);
    }
  });
  afterAll(() => service.close());

  const samplesOf = ({ provider, options }: TestSigner): Sample[] =>
    Object.values(provider.scenarios).flatMap((scenario) =>
      scenario({ unique: unique(), now: Date.now(), options, account: null, livemode: false }),
    );

  const requestOf = (signer: TestSigner, sample: Sample, random: Random): Request => {
    const { name } = signer.provider;
    const signed = signer.sign(sample, name);
    return {
      method: 'POST',
      path: `/webhooks/${name}`,
      headers: [['Host', 'localhost'], ...Object.entries(signed.headers)],
      body: signed.body,
      chunked: random.chance(0.2),
    };
  };

  /** A sample with another body, signed if the signer knows what to make of it. */
  const withBody = (signer: TestSigner, sample: Sample, body: Buffer, random: Random): Request => {
    try {
      return requestOf(signer, { ...sample, body }, random);
    } catch {
      return { ...requestOf(signer, sample, random), body };
    }
  };

  const mutated = (signer: TestSigner, random: Random): Buffer => {
    const sample = random.pick(samplesOf(signer));
    const kind = random.pick(KINDS);
    met.set(kind, (met.get(kind) ?? 0) + 1);
    switch (kind) {
      case 'none':
        return bytesOf(requestOf(signer, sample, random));
      case 'again': {
        const bytes = bytesOf(requestOf(signer, sample, random));
        return Buffer.concat([bytes, bytes]);
      }
      case 'bytes':
        return mutateBytes(bytesOf(requestOf(signer, sample, random)), random);
      case 'head':
        return bytesOf(mutateHead(requestOf(signer, sample, random), random));
      case 'body':
        return bytesOf(withBody(signer, sample, mutateBytes(sample.body, random), random));
      case 'json':
        return bytesOf(withBody(signer, sample, mutateJson(sample.body, random), random));
    }
  };

  const totalOf = (outcome: Outcome) =>
    [...counts.values()].reduce((total, of) => total + of[outcome], 0);

  it('are the same of a seed, whatever was mutated before', () => {
    const body = Buffer.from('{"a":{"b":[1,{"c":"d"}]},"e":{},"f":[]}');
    const mutants = () =>
      Array.from({ length: 500 }, (_, seed) => mutateJson(body, new Random(seed)).toString());
    expect(mutants()).toEqual(mutants());
  });

  /** All answers on a connection of its own. */
  const exchange = async (bytes: Buffer): Promise<Answer[]> => {
    const connection = await RawConnection.open(service.port);
    connection.send(bytes, LAST);
    const answers: Answer[] = [];
    try {
      for (;;) answers.push(await connection.answer());
    } catch {
      // It is closed: there are no more.
    }
    connection.close();
    const isLast = ({ body }: Answer) => (body as { info?: unknown } | null)?.info !== undefined;
    return answers.filter((answer) => answer.status >= 200 && !isLast(answer));
  };

  const play = async (index: number): Promise<void> => {
    const random = new Random(SEED + index * 7919);
    const signer = random.pick(signers);
    const bytes = mutated(signer, random);
    for (const answer of await exchange(bytes)) {
      try {
        counts.get(signer.provider.name)![outcomeOf(answer, signer.provider)] += 1;
      } catch (error) {
        const what = `request ${index} of FUZZ_SEED=${SEED}: ${JSON.stringify(bytes.toString('latin1'))}`;
        throw new Error(`${what}\n${(error as Error).message}`, { cause: error });
      }
    }
  };

  it(
    'are answered as they may be',
    async () => {
      let next = 0;
      const worker = async () => {
        while (next < REQUESTS) {
          const index = next++;
          if (index > 0 && index % 10_000 === 0) {
            process.stderr.write(`fuzz: ${index} of ${REQUESTS} with FUZZ_SEED=${SEED}\n`);
          }
          await play(index);
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, worker));
      const totals = OUTCOMES.map((outcome) => `${outcome} ${totalOf(outcome)}`).join(', ');
      process.stderr.write(`fuzz: ${REQUESTS} with FUZZ_SEED=${SEED}: ${totals}\n`);
      expect([...met.keys()].sort()).toEqual([...new Set(KINDS)].sort());
    },
    AN_HOUR,
  );

  it('make the service fail at nothing', () => {
    // On a busy machine the database may answer too late; that is told by 503, and no fault of a request.
    const late = (fault: unknown) =>
      classifyDatabaseError((fault as { err?: unknown }).err) === 'unavailable' &&
      /timeout|terminated/i.test(String((fault as { err?: unknown }).err));
    expect(faults.filter((fault) => !late(fault))).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('met every outcome', () => {
    for (const outcome of OUTCOMES) {
      if (outcome !== 'unavailable')
        expect({ outcome, n: totalOf(outcome) }).not.toEqual({ outcome, n: 0 });
    }
  });

  it('leave behind what was answered, and nothing else', async () => {
    for (const { provider } of signers) {
      const c = counts.get(provider.name)!;
      const [row] = await service.rows<{ deliveries: number }>(
        'SELECT count(*)::int AS deliveries FROM deliveries WHERE source = $1',
        [provider.name],
      );
      const answeredNew = c.accepted + c.ignored + c.quarantined;
      // These do not say whether it was new or stored; there may be as many more rows as there were of them.
      const open = c.acknowledged + c.refused + c.unavailable;
      const atMost = answeredNew + open;
      const rows = row!.deliveries;
      expect({
        source: provider.name,
        rows,
        enough: rows >= answeredNew,
        fewEnough: rows <= atMost,
      }).toEqual({
        source: provider.name,
        rows,
        enough: true,
        fewEnough: true,
      });
      if (open === 0) expect(rows).toBe(answeredNew);
    }
  });

  it('leave no statement without a payment, and no payment without an event', async () => {
    const lost = await service.rows(
      `SELECT e.id FROM webhook_events e LEFT JOIN transactions t ON t.webhook_event_id = e.id
       WHERE (e.status = 'applied') <> (t.webhook_event_id IS NOT NULL)`,
    );
    expect(lost).toEqual([]);
  });
});
