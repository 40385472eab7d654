/** What docs/operations.md tells operators to do, done as it is written there. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { parse } from 'yaml';
import { createTestDatabase, createTestDirectory, type TestDatabase } from '../support/database.js';

const PAGE = readFileSync('docs/operations.md', 'utf8');

/** The blocks of a language, without the indentation of a list. */
function blocks(language: string): string[] {
  const fenced = /^( *)```(\w+)[^\n]*\n([\s\S]*?)^ *```$/gm;
  return [...PAGE.matchAll(fenced)]
    .filter(([, , name]) => name === language)
    .map(([, indent = '', , text = '']) => text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''));
}

/** The only block that holds these words. */
function block(language: string, words: string): string {
  const [found, ...others] = blocks(language).filter((text) => text.includes(words));
  if (found === undefined || others.length > 0) throw new Error(`not one block with ${words}`);
  return found;
}

describe('the runbook', () => {
  it('has a section for each alert, and no other', () => {
    const rules = parse(readFileSync('ops/alerts.yaml', 'utf8')) as {
      groups: { rules: { alert: string; annotations: { runbook: string } }[] }[];
    };
    const alerts = rules.groups.flatMap((group) => group.rules);
    const sections = PAGE.slice(PAGE.indexOf('## Runbook')).match(/^### .*$/gm);
    expect(sections?.sort()).toEqual(alerts.map(({ alert }) => `### ${alert}`).sort());
  });
});

describe('the SQL of operators', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`
      INSERT INTO endpoints (id, name, url, status, secret, previous_secret, created_at, updated_at) VALUES
        (gen_random_uuid(), 'sealed', 'https://a.example', 'active', 'sealed:v1:AAAA', NULL, now(), now()),
        (gen_random_uuid(), 'open', 'https://b.example', 'active', 'whsec_b', NULL, now(), now()),
        (gen_random_uuid(), 'half', 'https://c.example', 'active', 'whsec_c', 'sealed:v1:AAAA', now(), now())`);
    await client.query(`
      INSERT INTO payments (id, version, status, currency, amount_authorized, amount_captured, amount_refunded,
        amount_disputed, amount_charged_back, source, provider, created_at, updated_at)
      VALUES (gen_random_uuid(), 3, 'captured', 'EUR', 1, 1, 0, 0, 0, 'generic', 'generic', now(), now())`);
    await client.query(`
      INSERT INTO messages (payment_id, version, type, body)
      SELECT id, v, 'payment.updated', '{}' FROM payments, generate_series(1, 3) v`);
    // Of the first version an old and a new notification, of the second an old one, of the third one that waits.
    await client.query(`
      INSERT INTO notifications
        (id, endpoint_id, payment_id, version, status, attempts, due_at, fence, by_hand, created_at)
      SELECT gen_random_uuid(), e.id, p.id, n.version, n.status::notification_status, 1, now(), 1, false, n.at
      FROM payments p,
        (VALUES ('sealed', 1, 'delivered', now() - interval '1 year'), ('open', 1, 'delivered', now()),
                ('sealed', 2, 'dead', now() - interval '1 year'),
                ('sealed', 3, 'pending', now() - interval '1 year')) AS n (endpoint, version, status, at)
      JOIN endpoints e ON e.name = n.endpoint`);
    await client.query(`
      INSERT INTO audit_entries (id, at, actor, action, parameters, request_id, outcome)
      SELECT gen_random_uuid(), now() - age, 'admin:0', 'event.replay', '{}', gen_random_uuid(), 'succeeded'
      FROM unnest(ARRAY['3 years', '1 day']::interval[]) age`);
  });

  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  const rows = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows;

  it('deletes what was told long ago and what operators did, and nothing else', async () => {
    await client.query(block('sql', 'DELETE FROM notifications'));
    expect(await rows('SELECT version, status FROM notifications ORDER BY version')).toEqual([
      { version: 1, status: 'delivered' },
      { version: 3, status: 'pending' },
    ]);
    expect(await rows('SELECT version FROM messages ORDER BY version')).toEqual([
      { version: 1 },
      { version: 3 },
    ]);
    expect(await rows('SELECT 1 FROM audit_entries')).toHaveLength(1);
    expect(await rows('SELECT 1 FROM payments')).toHaveLength(1);
  });

  it('gives a new secret to each endpoint whose secret was sealed by a key that is lost', async () => {
    const given = await rows(block('sql', "LIKE 'sealed:%'"));
    expect(given.map(({ name }) => name).sort()).toEqual(['half', 'sealed']);
    for (const { secret } of given) expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await rows("SELECT secret FROM endpoints WHERE name = 'open'")).toEqual([
      { secret: 'whsec_b' },
    ]);
    expect(await rows('SELECT 1 FROM endpoints WHERE previous_secret IS NOT NULL')).toEqual([]);
  });
});

describe('a copy of the embedded data', () => {
  let directory: string;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    directory = await createTestDirectory();
  });

  afterEach(async () => {
    await stop();
  });

  /** Starts the service in the directory; what it printed until it could be tried. */
  const start = async (): Promise<string> => {
    const { PATH, HOME } = process.env;
    child = spawn(process.execPath, [path.resolve('dist/main.js')], {
      cwd: directory,
      env: { PATH, HOME, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    while (!/^try {2}.*\n/m.test(output)) {
      const [chunk] = (await once(child.stdout!, 'data')) as [Buffer];
      output += chunk.toString();
    }
    return output;
  };

  const stop = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null) return;
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    child = undefined;
  };

  const bash = (script: string) => {
    const { status, stdout, stderr } = spawnSync('bash', ['-euc', script], {
      cwd: directory,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${script}: ${status}\n${stderr}`);
    return stdout;
  };

  const payments = async (output: string) => {
    const value = (label: string) => new RegExp(`^${label}  (.*)$`, 'm').exec(output)?.[1];
    const answer = await fetch(`${value('listening')}/api/payments`, {
      headers: { Authorization: `Bearer ${value('admin token')}` },
    });
    return ((await answer.json()) as { data: unknown[] }).data;
  };

  it('that was made as the page says, brings back payments, token and secrets', async () => {
    const first = await start();
    expect(bash(/^try {2}(.*)$/m.exec(first)?.[1] ?? '')).toBe('{"status":"success"}');
    const kept = await payments(first);
    expect(kept).toHaveLength(1);
    expect(readdirSync(path.join(directory, 'data'))).toContain('service.lock');
    await stop();
    expect(readdirSync(path.join(directory, 'data'))).not.toContain('service.lock');

    bash(block('sh', 'tar --create'));
    renameSync(path.join(directory, 'data'), path.join(directory, 'lost'));
    bash(block('sh', 'tar --extract'));

    const second = await start();
    expect(await payments(second)).toEqual(kept);
    for (const label of ['admin token', 'generic secret']) {
      const line = new RegExp(`^${label}  .*$`, 'm');
      expect(line.exec(second)?.[0]).toBe(line.exec(first)?.[0]);
    }
  }, 180_000);
});
