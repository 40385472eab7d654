import { cp } from 'node:fs/promises';
import { openDatabaseInUse } from '../../src/database/database-in-use.js';
import {
  findRunningPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { acquireServiceLock } from '../../src/database/embedded/service-lock.js';
import { createTestDirectory } from '../support/database.js';

describe('the database in use', () => {
  let prepared: string;
  let dataDir: string;

  beforeAll(async () => {
    prepared = await createTestDirectory();
    await (await startEmbeddedPostgres(prepared, { settings: { fsync: 'off' } })).stop();
  });
  beforeEach(async () => {
    dataDir = await createTestDirectory();
    await cp(prepared, dataDir, { recursive: true });
  });

  it('is DATABASE_URL where that is set', async () => {
    const databaseUrl = 'postgresql://elsewhere/payments';
    expect((await openDatabaseInUse({ databaseUrl, dataDir })).url).toBe(databaseUrl);
  });

  it('is the one that runs for the service, and stays when the command ends', async () => {
    const lock = await acquireServiceLock(dataDir);
    const service = await startEmbeddedPostgres(dataDir);
    try {
      const database = await openDatabaseInUse({ databaseUrl: null, dataDir });
      expect(database.url).toBe(service.url);
      await database.close();
      expect(await findRunningPostgres(dataDir)).toBe(service.url);
    } finally {
      await service.stop();
      await lock.release();
    }
  });

  it('is waited for while the service starts', async () => {
    const lock = await acquireServiceLock(dataDir);
    const opened = openDatabaseInUse({ databaseUrl: null, dataDir });
    const service = await startEmbeddedPostgres(dataDir);
    try {
      expect((await opened).url).toBe(service.url);
    } finally {
      await service.stop();
      await lock.release();
    }
  });

  it('is started where none runs; DATA_DIR is then held until the end', async () => {
    const database = await openDatabaseInUse({ databaseUrl: null, dataDir });

    await expect(acquireServiceLock(dataDir)).rejects.toThrow('in use by process');
    expect(await findRunningPostgres(dataDir)).toBe(database.url);
    await database.close();

    expect(await findRunningPostgres(dataDir)).toBeNull();
    await (await acquireServiceLock(dataDir)).release();
  });
});
