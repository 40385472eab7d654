import { classifyDatabaseError, type DatabaseErrorKind } from './database-errors.js';

describe('classifyDatabaseError', () => {
  const MEANINGS: readonly [DatabaseErrorKind, code: string, name: string][] = [
    ['retry', '40001', 'serialization_failure'],
    ['retry', '40P01', 'deadlock_detected'],
    ['full', '53100', 'disk_full'],
    ['full', '58030', 'io_error'],
    ['unstorable', '22P05', 'untranslatable_character'],
    ['unstorable', '22021', 'character_not_in_repertoire'],
    ['unstorable', '54000', 'program_limit_exceeded'],
    ['rejected', '23505', 'unique_violation'],
    ['rejected', '42P01', 'undefined_table'],
    ['unavailable', '57014', 'query_canceled'],
    ['unavailable', '57P01', 'admin_shutdown'],
    ['unavailable', '55P03', 'lock_not_available'],
    ['unavailable', '53300', 'too_many_connections'],
    ['unavailable', '25006', 'read_only_sql_transaction'],
    ['unavailable', '08006', 'connection_failure'],
    // Of a class that means something only where it stands first.
    ['unavailable', 'XX000', 'internal_error'],
    ['unavailable', '02254', 'no such code'],
    ['unavailable', '02342', 'no such code'],
  ];

  it.each(MEANINGS)('is %s for %s, %s', (kind, code) => {
    expect(classifyDatabaseError(Object.assign(new Error('failed'), { code }))).toBe(kind);
  });

  it.each([
    ['the driver, of a connection that ended', new Error('Connection terminated unexpectedly')],
    ['the driver, of a query that took too long', new Error('Query read timeout')],
    ['the system', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['something that begins as one', { code: '220210' }],
    ['something that begins and ends as one', { code: '22-22021' }],
    ['a number', { code: 22021 }],
    ['a list', { code: ['22021'] }],
    ['what is no error', null],
    ['nothing', undefined],
  ])('is unavailable where there is no SQLSTATE: %s', (_, error) => {
    expect(classifyDatabaseError(error)).toBe('unavailable');
  });
});
