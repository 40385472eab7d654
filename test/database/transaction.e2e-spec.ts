import { PrismaService } from '../../src/database/prisma.service.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('a transaction that pipelines', () => {
  let database: TestDatabase;
  let prisma: PrismaService;

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService({ url: database.url, poolSize: 1 });
    await prisma.pool.query('CREATE TABLE kept (n int PRIMARY KEY)');
  });
  afterAll(async () => {
    await prisma.onApplicationShutdown();
    await database.drop();
  });
  beforeEach(() => prisma.pool.query('TRUNCATE kept'));

  const kept = async () =>
    (await prisma.pool.query<{ n: number }>('SELECT n FROM kept ORDER BY n')).rows.map((r) => r.n);

  it('reads while it begins, and keeps what was sent', async () => {
    const read = await prisma.commitTogether(
      (sql, n: number) => {
        sql.send(`INSERT INTO kept VALUES (${n})`);
        sql.send('INSERT INTO kept VALUES (2)');
        return Promise.resolve(n);
      },
      async (sql) => (await sql.query<{ n: number }>('SELECT 1 AS n')).rows[0]!.n,
    );
    expect(read).toBe(1);
    expect(await kept()).toEqual([1, 2]);
  });

  it.each([
    ['at its commit', () => Promise.resolve()],
    ['when asked for', (sent: () => Promise<void>) => sent()],
  ])('says %s what failed of that which was sent, and keeps nothing', async (_, work) => {
    const failing = prisma.commitTogether(async (sql) => {
      sql.send('INSERT INTO kept VALUES (1)');
      sql.send('SELECT 1 / 0');
      sql.send('INSERT INTO kept VALUES (2)');
      await work(() => sql.sent());
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    expect(await kept()).toEqual([]);
  });

  it('says what failed first, not that what came after was refused', async () => {
    const failing = prisma.commitTogether(async (sql) => {
      sql.send('SELECT 1 / 0');
      await sql.query('SELECT 1');
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    expect(await kept()).toEqual([]);
  });

  it('does not take for a commit what ended in a rollback', async () => {
    const ended = prisma.commitTogether(async (sql) => {
      await sql.query('INSERT INTO kept VALUES (1)');
      await sql.query('SELECT 1 / 0').catch(() => undefined);
    });
    await expect(ended).rejects.toThrow('ended in ROLLBACK');
    expect(await kept()).toEqual([]);
  });

  it('gives the connection back whole', async () => {
    await expect(prisma.commitTogether((sql) => sql.query('SELECT 1 / 0'))).rejects.toMatchObject({
      code: '22012',
    });
    await prisma.commitTogether((sql) => sql.query('INSERT INTO kept VALUES (3)'));
    expect(await kept()).toEqual([3]);
  });

  it('is tried again where a deadlock is only found in what was sent', async () => {
    let tries = 0;
    await prisma.commitTogether((sql) => {
      tries += 1;
      if (tries === 1) {
        sql.send(`DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$`);
      }
      sql.send('INSERT INTO kept VALUES (4)');
      return Promise.resolve();
    });
    expect(tries).toBe(2);
    expect(await kept()).toEqual([4]);
  });
});
