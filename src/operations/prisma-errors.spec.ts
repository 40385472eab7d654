import { Prisma } from '../generated/prisma/client.js';
import { isDatabaseUnavailable, sqlStateOf } from './prisma-errors.js';

function known(code: string, meta?: Record<string, unknown>) {
  return new Prisma.PrismaClientKnownRequestError('text with SQL', {
    code,
    clientVersion: '7',
    meta,
  });
}

function raw(originalCode: string) {
  return known('P2010', {
    driverAdapterError: Object.assign(new Error('DriverAdapterError'), { cause: { originalCode } }),
  });
}

describe('isDatabaseUnavailable', () => {
  it.each<[string, unknown]>([
    ['unreachable', known('P1001')],
    ['no such database', known('P1003')],
    ['closed', known('P1017')],
    ['pool exhausted or transaction timed out', known('P2028')],
    ['terminated by the administrator', raw('57P01')],
    ['statement timeout', raw('57014')],
    ['disk full', raw('53100')],
    ['lock timeout', raw('55P03')],
    ['the driver: terminated', new Error('Connection terminated unexpectedly')],
    ['the driver: timeout', new Error('timeout exceeded when trying to connect')],
    ['the system', Object.assign(new Error('x'), { code: 'ECONNREFUSED' })],
    ['a Postgres error', Object.assign(new Error('x'), { code: '57P03' })],
    ['not initialised', new Prisma.PrismaClientInitializationError('x', '7')],
    ['a cause', new Error('x', { cause: known('P1001') })],
  ])('is true: %s', (_, error) => {
    expect(isDatabaseUnavailable(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a value of the wrong kind', known('P2007')],
    ['a missing column', raw('42703')],
    ['a wrong call', new Prisma.PrismaClientValidationError('x', { clientVersion: '7' })],
    ['any error', new TypeError('x is not a function')],
    ['no error', null],
    ['a string', 'Connection terminated'],
  ])('is false: %s', (_, error) => {
    expect(isDatabaseUnavailable(error)).toBe(false);
  });

  it('ends on causes that go round', () => {
    const error = new Error('a');
    error.cause = error;
    expect(isDatabaseUnavailable(error)).toBe(false);
  });
});

describe('sqlStateOf', () => {
  it('finds the SQLSTATE below a Prisma error', () => {
    expect(sqlStateOf(raw('57P01'))).toBe('57P01');
    expect(sqlStateOf(known('P1001'))).toBeNull();
  });
});
