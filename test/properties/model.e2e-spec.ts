/**
 * A model of the service: a payment is the fold of what was acknowledged, whatever else happens. Two
 * processes on one database take deliveries and repeats, replay by one normaliser and another,
 * reproject, and are killed while deliveries are under way; after each of it the database is compared
 * with the model.
 */
import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ADMIN_TOKEN } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { unique } from '../support/signed.js';
import { mistakenEventsArb, sentEventsArb } from './support/arbitraries.js';
import { check } from './support/check.js';
import { type SentEvent, sign, specOf } from './support/events.js';
import { type Books, booksIn, booksOf } from './support/judge.js';
import { ServiceProcess } from './support/service-process.js';
import { indexForTests, readTables } from './support/tables.js';

/** The services by their number; the last one reads what states its statements in another way. */
const MISTAKEN = 2;
const READINGS = [0, 0, 1];

let database: TestDatabase;
let pool: pg.Pool;
const services: ServiceProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
  await indexForTests(pool);
  services.push(
    ...(await Promise.all(READINGS.map((reading) => ServiceProcess.start(database, reading)))),
  );
}, 120_000);

afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await pool.end();
  await database.drop();
});

/** What was acknowledged, with the reading by which it is understood now. */
interface Model {
  readonly acknowledged: Map<SentEvent, number>;
  /** How many events have got a name. */
  named: number;
}

/** One run: its events, in the database. */
interface Real {
  readonly prefix: string;
  readonly since: Date;
}

const met = { crashes: 0, unanswered: 0, replays: 0, reprojections: 0, duplicates: 0 };

abstract class Command implements fc.AsyncCommand<Model, Real> {
  /** How many events have to be acknowledged before it can be done. */
  protected readonly least: number = 0;

  check({ acknowledged }: Readonly<Model>): boolean {
    return acknowledged.size >= this.least;
  }

  async run(model: Model, real: Real): Promise<void> {
    await this.act(model, real);
    expect(await booksNow(real)).toEqual(booksOfModel(model));
  }

  protected abstract act(model: Model, real: Real): Promise<void>;
  abstract toString(): string;
}

class Deliver extends Command {
  constructor(private readonly events: readonly SentEvent[]) {
    super();
  }

  protected async act(model: Model, real: Real): Promise<void> {
    await deliverAll(named(this.events, model), model, real);
  }

  override toString() {
    return `deliver ${show(this.events)}`;
  }
}

/** Things that were acknowledged come again, to any service. */
class Repeat extends Command {
  constructor(private readonly which: readonly number[]) {
    super();
  }

  protected override readonly least = 1;

  protected async act({ acknowledged }: Model, real: Real): Promise<void> {
    const known = [...acknowledged.keys()];
    await Promise.all(
      this.which.map(async (n) => {
        const answer = await untilAcknowledged(known[n % known.length]!, n % 3, real);
        expect(answer).toMatchObject({ duplicate: true });
        met.duplicates += 1;
      }),
    );
  }

  override toString() {
    return `repeat ${this.which.join()}`;
  }
}

/** Everything is read again: by the right normaliser, while more comes in, or by a mistaken one. */
class Replay extends Command {
  constructor(
    private readonly service: number,
    private readonly meanwhile: readonly SentEvent[],
  ) {
    super();
  }

  protected async act(model: Model, real: Real): Promise<void> {
    const coming = this.service === MISTAKEN ? [] : named(this.meanwhile, model);
    await Promise.all([
      post(this.service, 'events/replay', { from: real.since }),
      deliverAll(coming, model, real),
    ]);
    for (const sent of model.acknowledged.keys()) {
      model.acknowledged.set(sent, READINGS[this.service]!);
    }
    met.replays += 1;
  }

  override toString() {
    return `replay by ${this.service} during ${show(this.meanwhile)}`;
  }
}

/** Everything is folded again: while more comes in, or after the columns of the fold were lost. */
class Reproject extends Command {
  constructor(
    private readonly lost: boolean,
    private readonly meanwhile: readonly SentEvent[],
  ) {
    super();
  }

  protected async act(model: Model, real: Real): Promise<void> {
    if (this.lost) {
      await pool.query(
        `UPDATE payments SET status = 'pending', currency = 'XXX', amount_captured = 0,
           amount_refunded = 0, reference = NULL, refs = '{}', flags = '{}'
         WHERE merged_into IS NULL`,
      );
    }
    await Promise.all([
      post(0, 'payments/reproject'),
      deliverAll(this.lost ? [] : named(this.meanwhile, model), model, real),
    ]);
    met.reprojections += 1;
  }

  override toString() {
    return this.lost ? 'reproject what was lost' : `reproject during ${show(this.meanwhile)}`;
  }
}

/** A process is killed in the middle of deliveries, started again, and what had no answer comes again. */
class Crash extends Command {
  constructor(
    private readonly service: number,
    private readonly events: readonly SentEvent[],
    /** Milliseconds after the first of them is sent. */
    private readonly after: number,
  ) {
    super();
  }

  protected async act(model: Model, real: Real): Promise<void> {
    const events = named(this.events, model);
    const sending = events.map(async (sent, i) => {
      // Some to the other one, so that both are at work.
      const answer = await deliver(sent, i % 3 === 0 ? 1 - this.service : this.service, real);
      return { sent, acknowledged: answer !== null };
    });
    await sleep(this.after);
    await services[this.service]!.kill();
    const sent = await Promise.all(sending);
    services[this.service] = await ServiceProcess.start(database);

    const before = await booksNow(real);
    for (const { sent: event, acknowledged } of sent) {
      const { eventId, source } = specOf(event);
      if (acknowledged) expect(before.events).toContain(`${source} ${eventId}`);
      else met.unanswered += 1;
    }
    await deliverAll(events, model, real);
    met.crashes += 1;
  }

  override toString() {
    return `kill ${this.service} after ${this.after} ms of ${show(this.events)}`;
  }
}

function commandsArb(replayPath?: string) {
  const events = fc.oneof(mistakenEventsArb(2, 5), sentEventsArb(5));
  const some = fc.oneof(events, fc.constant<readonly SentEvent[]>([]));
  const deliverArb = events.map((e) => new Deliver(e));
  return fc.commands(
    [
      deliverArb,
      deliverArb,
      fc.array(fc.nat(50), { minLength: 1, maxLength: 5 }).map((which) => new Repeat(which)),
      fc.tuple(fc.nat(MISTAKEN), some).map(([service, e]) => new Replay(service, e)),
      fc.tuple(fc.boolean(), some).map(([lost, e]) => new Reproject(lost, e)),
      fc
        .tuple(fc.nat(1), fc.tuple(events, events, events), fc.nat(25))
        .map(([service, e, after]) => new Crash(service, e.flat(), after)),
    ],
    { maxCommands: 10, replayPath },
  );
}

const start = () => ({
  model: { acknowledged: new Map<SentEvent, number>(), named: 0 },
  real: { prefix: `${unique()}.`, since: new Date() },
});

describe('the database holds what was acknowledged, once, as the model folds it', () => {
  it('after one command of each kind, in turn', async () => {
    const [stated = [], more = [], others = []] = fc.sample(mistakenEventsArb(2), {
      numRuns: 3,
      seed: 1,
    });
    await fc.asyncModelRun(start, [
      new Deliver(stated),
      new Repeat([0, 1, 2]),
      new Replay(MISTAKEN, []),
      new Crash(0, more, 0),
      new Replay(0, others),
      new Crash(1, more, 10),
      new Reproject(true, []),
      new Reproject(false, others),
    ]);
    for (const times of Object.values(met)) expect(times).toBeGreaterThan(0);
  }, 120_000);

  it('after any commands', async () => {
    await check(
      'model',
      (replayPath) =>
        fc.asyncProperty(commandsArb(replayPath), (commands) => fc.asyncModelRun(start, commands)),
      { usual: 6, cost: 50 },
    );
  }, 3_600_000);
});

/** The events of a command under ids that no other command has. */
function named(events: readonly SentEvent[], model: Model): SentEvent[] {
  return events.map((sent): SentEvent => {
    const suffix = `.${model.named}`;
    model.named += 1;
    switch (sent.source) {
      case 'stripe':
        return { ...sent, event: { ...sent.event, id: `${sent.event.id}${suffix}` } };
      case 'generic':
        return { ...sent, event: { ...sent.event, event_id: `${sent.event.event_id}${suffix}` } };
      default:
        return { ...sent, event: { ...sent.event, eventId: `${sent.event.eventId}${suffix}` } };
    }
  });
}

/** Delivers events until each is acknowledged. */
async function deliverAll(
  events: readonly SentEvent[],
  { acknowledged }: Model,
  real: Real,
): Promise<void> {
  await Promise.all(
    events.map(async (sent, i) => {
      await untilAcknowledged(sent, i % 2, real);
      acknowledged.set(sent, 0);
    }),
  );
}

/** Sends an event, again and again where it is not acknowledged, as a provider does. */
async function untilAcknowledged(sent: SentEvent, service: number, real: Real): Promise<unknown> {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await deliver(sent, service, real);
    if (answer !== null) return answer;
    await sleep(100);
  }
  throw new Error('nobody acknowledges');
}

/** The acknowledgement, or null where there is none. */
async function deliver(sent: SentEvent, service: number, { prefix }: Real): Promise<unknown> {
  const { body, headers } = sign(sent, prefix);
  const response = await fetch(`${services[service]!.url}/webhooks/${sent.source}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
  }).catch(() => null);
  if (response === null) return null;
  const answer = await response.json().catch(() => null);
  return response.ok ? answer : null;
}

async function post(service: number, path: string, body?: object): Promise<void> {
  const response = await fetch(`${services[service]!.url}/api/${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  expect({ status: response.status, body: await response.text() }).toMatchObject({ status: 200 });
}

async function booksNow({ prefix }: Real): Promise<Books> {
  return booksIn(await readTables(pool, prefix));
}

function booksOfModel({ acknowledged }: Model): Books {
  return booksOf([...acknowledged].map(([sent, reading]) => specOf(sent, reading)));
}

function show(events: readonly SentEvent[]): string {
  return JSON.stringify(events, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}
