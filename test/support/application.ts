/** The whole service on a database of its own, listening on a free port, and ways to call it. */
import { type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { APPLICATION_OPTIONS, configureHttp } from '../../src/app.http.js';
import { AppModule } from '../../src/app.module.js';
import { readSettings } from '../../src/config/read-settings.js';
import { type Settings } from '../../src/config/settings.js';
import { PrismaService } from '../../src/database/prisma.service.js';
import { WebhooksExpressAdapter } from '../../src/http/express.adapter.js';
import { PROVIDERS } from '../../src/providers/index.js';
import { type Provider } from '../../src/providers/provider.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { type Signed } from './signed.js';

export const ADMIN_TOKEN = 'admin-token-of-the-tests';
export const GENERIC_SECRET = 'generic-secret-of-the-tests';
export const STRIPE_SECRET = 'whsec_stripe-secret-of-the-tests';

const ENVIRONMENT = {
  ADMIN_TOKEN,
  GENERIC_WEBHOOK_SECRET: GENERIC_SECRET,
  STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
  LOG_LEVEL: 'silent',
};

export interface TestApplicationOptions {
  /** Variables beside those above; they win. */
  readonly env?: Readonly<Record<string, string>>;
  /** The content of SOURCES_FILE. */
  readonly sources?: readonly object[];
  /** Providers that only a test has, beside the others. */
  readonly providers?: readonly Provider[];
  /** A database that others use too, or one that is away; it is not dropped at the end. */
  readonly database?: TestDatabase;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** JSON where the answer is JSON, else bytes. */
  readonly body: unknown;
}

export class TestApplication {
  constructor(
    readonly app: INestApplication,
    readonly settings: Settings,
    readonly database: TestDatabase,
    private readonly ownsDatabase: boolean,
  ) {}

  get port(): number {
    return ((this.app.getHttpServer() as Server).address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, init);
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const body: unknown = isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : bytes;
    return { status: response.status, headers: response.headers, body };
  }

  /** Sends a signed webhook to a source. */
  deliver(source: string, { body, headers }: Signed): Promise<Answer> {
    const all = { 'Content-Type': 'application/json', ...headers };
    return this.fetch(`/webhooks/${source}`, { method: 'POST', headers: all, body });
  }

  /** The body of an answer of /api, asked with the admin token; fails unless it is 200. */
  async api<T>(path: string): Promise<T> {
    const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` };
    const { status, body } = await this.fetch(`/api/${path}`, { headers });
    if (status !== 200) throw new Error(`GET /api/${path} answered ${status}`);
    return body as T;
  }

  /** The rows of an SQL query. */
  async rows<T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    const { rows } = await this.app.get(PrismaService).pool.query<T>(sql, [...values]);
    return rows;
  }

  /**
   * Every row of every table, to be compared with the same at another time; but what operators did is
   * written down whatever comes of it.
   */
  async allRows(): Promise<Record<string, unknown[]>> {
    const all: Record<string, unknown[]> = {};
    const tables = await this.rows<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables
       WHERE schemaname = 'public' AND tablename NOT IN ('_prisma_migrations', 'audit_entries')
       ORDER BY name`,
    );
    for (const { name } of tables) {
      all[name] = await this.rows(`SELECT to_jsonb(t) AS row FROM "${name}" t ORDER BY 1`);
    }
    return all;
  }

  async close(): Promise<void> {
    (this.app.getHttpServer() as Server).closeAllConnections();
    await this.app.close();
    if (this.ownsDatabase) await this.database.drop();
  }
}

export async function createTestApplication(
  options: TestApplicationOptions = {},
): Promise<TestApplication> {
  const database = options.database ?? (await createTestDatabase());
  const settings = settingsFor(options, database.url);
  const module = await Test.createTestingModule({
    imports: [AppModule.forRoot(settings, database.url)],
  }).compile();
  const app = module.createNestApplication(new WebhooksExpressAdapter(), {
    ...APPLICATION_OPTIONS,
    logger: false,
  });
  configureHttp(app);
  await app.listen(0, '127.0.0.1');
  return new TestApplication(app, settings, database, options.database === undefined);
}

/** The settings that a service of the tests has. */
export function settingsFor(
  { env, sources, providers = [] }: TestApplicationOptions,
  databaseUrl: string,
): Settings {
  const file = sources === undefined ? {} : { SOURCES_FILE: 'sources.json' };
  const result = readSettings({
    env: { ...ENVIRONMENT, DATABASE_URL: databaseUrl, ...file, ...env },
    providers: [...PROVIDERS, ...providers],
    readFile: () => JSON.stringify(sources),
    generated: null,
  });
  if ('settings' in result) return result.settings;
  throw new Error(JSON.stringify(result.problems));
}
