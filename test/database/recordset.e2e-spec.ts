import fc from 'fast-check';
import { PrismaService } from '../../src/database/prisma.service.js';
import { Recordset } from '../../src/webhooks/record/recordset.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const COLUMNS = new Recordset(`
  id uuid, "of" text, n int, amount bigint, yes boolean, at timestamptz, sum numeric, names text[],
  ids uuid[], json jsonb, status payment_status`);

describe('rows that are given to a statement', () => {
  let database: TestDatabase;
  let prisma: PrismaService;

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService({ url: database.url, poolSize: 1 });
  });
  afterAll(async () => {
    await prisma.onApplicationShutdown();
    await database.drop();
  });

  const read = async (rows: readonly object[]) =>
    (
      await prisma.pool.query<Record<string, unknown>>({
        name: 'recordset',
        text: `SELECT ${COLUMNS.names} FROM ${COLUMNS.from(1).sql}`,
        values: COLUMNS.encode(rows),
      })
    ).rows;

  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
  /** Whatever Postgres can hold as text: no NUL, no half of a surrogate pair. */
  const text = fc
    .oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', ',', "'", 'NULL', ' ', 'ß', '😀') }),
    )
    .map((s) => s.replaceAll('\0', ''));
  const row = fc.record({
    id: maybe(fc.uuid()),
    of: maybe(text),
    n: maybe(fc.integer()),
    amount: maybe(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    yes: maybe(fc.boolean()),
    at: maybe(
      fc.integer({ min: -2_000_000_000_000, max: 8_000_000_000_000 }).map((ms) => new Date(ms)),
    ),
    sum: maybe(fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }).map(String)),
    names: maybe(fc.array(text, { maxLength: 4 })),
    ids: maybe(fc.array(fc.uuid(), { maxLength: 3 })),
    json: maybe(fc.record({ a: text, b: fc.integer() })),
    status: maybe(fc.constantFrom('captured', 'charged_back')),
  });

  it('arrive as they were, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 6 }), async (rows) => {
        const expected = rows.map((r) => ({ ...r, amount: r.amount?.toString() ?? null }));
        expect(await read(rows)).toEqual(expected);
      }),
    );
  });

  it('may lack columns, which are null then', async () => {
    expect(await read([{ n: 1 }, {}])).toEqual([
      expect.objectContaining({ n: 1, of: null, id: null, names: null }),
      expect.objectContaining({ n: null }),
    ]);
  });

  it('take bytes for a text as they are, and text of any size', async () => {
    const large = 'ü😀"\\'.repeat(50_000);
    const rows = await read([{ of: Buffer.from('{"é":1}') }, { of: large }]);
    expect(rows.map((r) => r.of)).toEqual(['{"é":1}', large]);
  });

  it('take ids in capitals, too', async () => {
    const id = '0192ABCD-EF01-7ABC-8DEF-0123456789AB';
    expect(await read([{ id }])).toMatchObject([{ id: id.toLowerCase() }]);
  });

  it.each([
    ['bytes that are no UTF-8', { of: Buffer.from([0x22, 0xff]) }, '22021'],
    ['a NUL', { of: 'a\0b' }, '22021'],
    ['an id that is too short', { id: '0192abcd' }, '22P03'],
    ['a status that is none', { status: 'paid' }, '22P02'],
  ])('are refused with %s', async (_, broken, code) => {
    await expect(read([broken])).rejects.toMatchObject({ code });
  });

  it('give a column of theirs as an array', async () => {
    const { rows } = await prisma.pool.query(
      `SELECT array_agg(r.n) = ${COLUMNS.from(1).array('n')} AS same FROM ${COLUMNS.from(1).sql}`,
      COLUMNS.encode([{ n: 1 }, { n: null }, { n: 3 }]),
    );
    expect(rows).toEqual([{ same: true }]);
  });
});
