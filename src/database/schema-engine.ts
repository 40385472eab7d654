/**
 * Prisma's migration engine, compiled to WebAssembly: the same code as `prisma migrate`, as an npm
 * package, so that nothing is downloaded.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import { connectionFields } from './connection.js';
import { MigrationError, migrationNames, migrationSql } from './migration-files.js';

/** The part of it that is used here; it is not among Node's types. */
declare const WebAssembly: {
  instantiate(
    code: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

const ENGINE = '@prisma/schema-engine-wasm';
const FILTERS = { externalTables: [], externalEnums: [] };

/** Once in a process: a second instance would be called by what the first one left behind. */
let loaded: Promise<void> | undefined;

export interface SchemaEngine {
  /** Applies one migration in one transaction; the earlier ones are applied already. */
  apply(directory: string, name: string): Promise<void>;
  /**
   * The SQL that brings the database to a schema.prisma; empty when it is there. What Prisma's
   * language has no word for (DEFERRABLE) is not compared.
   */
  diff(schema: string): Promise<string>;
  close(): Promise<void>;
}

/** Loads the engine for one database. */
export async function openSchemaEngine(url: string): Promise<SchemaEngine> {
  await (loaded ??= instantiate());
  // One connection only, so that the BEGIN below encloses what the engine does.
  const pool = new pg.Pool({ ...connectionFields(url), max: 1, idleTimeoutMillis: 0 });
  pool.on('error', () => undefined); // the next query reports it
  const adapter = new MigrationAdapter(pool);
  const engine = await bindings.SchemaEngine.new(
    { datamodels: undefined },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
  return {
    apply: async (directory, name) => {
      const upTo = (await migrationNames(directory)).filter((each) => each <= name);
      const migrationsList = await listMigrations(directory, upTo);
      adapter.failure = null;
      await pool.query('BEGIN');
      try {
        await engine.applyMigrations({ migrationsList, filters: FILTERS });
        await pool.query('COMMIT');
      } catch (error) {
        await pool.query('ROLLBACK').catch(() => undefined);
        throw failed(name, adapter.failure ?? error);
      }
    },
    diff: async (schema) => {
      const files = [{ path: 'schema.prisma', content: schema }];
      const { stdout } = await engine.diff({
        from: { tag: 'schemaDatasource', files, configDir: '.' },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: null,
        filters: FILTERS,
      });
      return (stdout ?? '').replace(/^-- This is an empty migration\.\s*$/, '');
    },
    close: async () => {
      engine.free();
      await pool.end();
    },
  };
}

/** Prisma's adapter for Postgres, with two repairs that the migration engine needs. */
class MigrationAdapter extends PrismaPg {
  /** What Postgres said against a script; the engine's own error repeats it less exactly. */
  failure: unknown = null;

  constructor(private readonly pool: pg.Pool) {
    super(pool);
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const connection = await super.connect();
    this.runScriptsWhole(connection);
    readCharColumns(connection);
    return connection;
  }

  /**
   * The adapter splits a script at every semicolon, also within a text or a function's body.
   * Postgres takes a script as a whole.
   */
  private runScriptsWhole(connection: Connection): void {
    connection.executeScript = async (script) => {
      await this.pool.query(script).catch((error: unknown) => {
        this.failure = error;
        throw error;
      });
    };
  }
}

type Connection = Awaited<ReturnType<PrismaPg['connect']>>;

/**
 * The adapter does not know the type "char" of Postgres' own catalogue, in which the engine reads
 * what there is: its columns pass as text and are then declared as what they are.
 */
function readCharColumns(connection: Connection): void {
  const inner = connection as unknown as {
    performIO(query: unknown): Promise<{ fields?: { dataTypeID: number }[] }>;
  };
  const { CHAR, TEXT }: Record<'CHAR' | 'TEXT', number> = pg.types.builtins;
  const performIO = inner.performIO.bind(connection);
  const queryRaw = connection.queryRaw.bind(connection);
  let charColumns: number[] = [];
  inner.performIO = async (query) => {
    const result = await performIO(query);
    const fields = result.fields ?? [];
    charColumns = fields.flatMap(({ dataTypeID }, index) => (dataTypeID === CHAR ? [index] : []));
    for (const field of fields) if (field.dataTypeID === CHAR) field.dataTypeID = TEXT;
    return result;
  };
  connection.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const index of charColumns) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
}

async function instantiate(): Promise<void> {
  // The engine reports a failure of its own by this name, and a caller sees nothing else of it.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message: (message: string) => {
        throw new Error(message);
      },
    },
  });
  const directory = path.dirname(createRequire(import.meta.url).resolve(ENGINE));
  const code = await readFile(path.join(directory, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(code, {
    './schema_engine_bg.js': { ...bindings, ...idleTimers() },
  });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
}

/** The engine leaves a timer of ten seconds behind, for which a process that has ended would wait. */
function idleTimers(): Record<string, unknown> {
  const names = Object.keys(bindings).filter((name) => name.startsWith('__wbg_setTimeout_'));
  const start = (callback: () => void, milliseconds: number) =>
    setTimeout(callback, milliseconds >>> 0).unref();
  return Object.fromEntries(names.map((name) => [name, start]));
}

async function listMigrations(directory: string, names: readonly string[]) {
  const lockFile = path.join(directory, 'migration_lock.toml');
  return {
    baseDir: directory,
    shadowDbInitScript: '',
    lockfile: { path: 'migration_lock.toml', content: await readFile(lockFile, 'utf8') },
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await migrationSql(directory, name) },
        },
      })),
    ),
  };
}

function failed(name: string, cause: unknown): MigrationError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MigrationError(
    `The migration ${name} failed and nothing of it was applied: ${reason}. Remove what stands in ` +
      `its way, or correct prisma/migrations/${name}/migration.sql, and start again.`,
    { cause },
  );
}
