import pg from 'pg';
import { checkServer } from '../../src/database/server-check.js';
import { createEmptyDatabase, type TestDatabase } from '../support/database.js';

describe('checking the database server', () => {
  let database: TestDatabase;
  const safe = { allowUnsafe: false };
  /** The server of the tests has fsync and the like off; a good one has not. */
  const unsafe = { allowUnsafe: true };

  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(() => database.drop());

  const altered = (change: (url: URL) => void): string => {
    const url = new URL(database.url);
    change(url);
    return url.href;
  };

  it('finds nothing wrong with a good one', async () => {
    expect(await checkServer(database.url, unsafe)).toEqual([]);
  });

  it('refuses one that may lose what it confirmed, and names what allows it', async () => {
    const [problem, ...more] = await checkServer(database.url, safe);
    expect(more).toEqual([]);
    expect(problem).toMatch(
      /^fsync, synchronous_commit, full_page_writes are off.*ALLOW_UNSAFE_DATABASE=on/,
    );
  });

  it('sees a setting that holds for this database alone', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const name = new URL(database.url).pathname.slice(1);
    await client.query(`ALTER DATABASE ${name} SET synchronous_commit = on`);
    await client.end();

    const [problem] = await checkServer(database.url, safe);

    expect(problem).toMatch(/^fsync, full_page_writes are off/);
  });

  it('refuses another encoding, with the cure', async () => {
    const latin = await createEmptyDatabase(
      `ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
    );
    try {
      expect(await checkServer(latin.url, unsafe)).toEqual([
        expect.stringMatching(/encoded in LATIN1.*ENCODING 'UTF8'/),
      ]);
    } finally {
      await latin.drop();
    }
  });

  it.each([
    ['nothing listens', (url: URL) => (url.port = '1'), /127\.0\.0\.1:1\/.*Start Postgres/],
    ['no such host', (url: URL) => (url.hostname = 'host.invalid'), /host\.invalid.*host/],
    [
      'a wrong password',
      (url: URL) => (url.password = 'wrong-secret'),
      /User or password is wrong/,
    ],
    ['no such database', (url: URL) => (url.pathname = '/absent'), /There is no such database/],
    ['no TLS there', (url: URL) => (url.search = '?sslmode=verify-full'), /does not support SSL/],
  ])('names the cure when there is %s, and no password', async (_, change, expected) => {
    const url = altered(change);

    const problems = await checkServer(url, safe);

    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(problems[0]).not.toContain(new URL(url).password);
  });

  it.each(['postgresql://user:hush@[::1/db', 'postgresql://user:hush@host:port/db'])(
    'says how to write a URL instead of %s',
    async (url) => {
      const problems = await checkServer(url, safe);
      expect(problems).toEqual([expect.stringMatching(/postgresql:\/\/user:password@host:5432/)]);
      expect(problems[0]).not.toContain('hush');
    },
  );
});
