import { parse } from 'node:querystring';
import { encodeCursor } from '../operations/cursor.js';
import { Problem } from '../operations/problem.js';
import { validationPipe } from '../operations/validation.js';
import { PaymentsQueryDto } from './payments-query.dto.js';

const ID = '018f2a3b-4c5d-7e6f-8a9b-0c1d2e3f4a5b';

/** Reads a query string as the service does. */
async function read(query: string): Promise<PaymentsQueryDto> {
  const dto: unknown = await validationPipe().transform(parse(query), {
    type: 'query',
    metatype: PaymentsQueryDto,
  });
  return dto as PaymentsQueryDto;
}

async function refusal(query: string): Promise<Problem> {
  const error: unknown = await read(query).then(
    () => new Error('accepted'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Problem)) throw error as Error;
  return error;
}

describe('the parameters of the list of payments', () => {
  it('have defaults', async () => {
    expect({ ...(await read('')) }).toEqual({ limit: 50 });
  });

  it('are read', async () => {
    const query =
      'source=stripe&source=adyen&status=captured&reference=order-42&ref=pi:pi_1&currency=EUR' +
      `&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00%2B01:00&limit=200&cursor=${encodeCursor(ID)}`;
    expect({ ...(await read(query)) }).toEqual({
      source: ['stripe', 'adyen'],
      status: ['captured'],
      reference: 'order-42',
      ref: 'pi:pi_1',
      currency: 'EUR',
      from: new Date('2026-01-01T00:00:00Z'),
      to: new Date('2026-01-31T23:00:00Z'),
      limit: 200,
      cursor: ID,
    });
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=', 'limit'],
    ['limit=050', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=', 'cursor'],
    ['cursor=abc', 'cursor'],
    [`cursor=${ID}`, 'cursor'],
    [`cursor=${encodeCursor(ID)}&cursor=${encodeCursor(ID)}`, 'cursor'],
    ['status=paid', 'status'],
    ['status=captured&status=paid', 'status'],
    ['status=', 'status'],
    ['source=Stripe', 'source'],
    ['source=', 'source'],
    ['currency=eur', 'currency'],
    ['currency=EURO', 'currency'],
    ['currency=EUR&currency=USD', 'currency'],
    ['from=yesterday', 'from'],
    ['to=2026-11-24', 'to'],
    ['reference=', 'reference'],
    [`reference=${'a'.repeat(301)}`, 'reference'],
    ['ref=%00', 'ref'],
    ['ref=a&ref=b', 'ref'],
    ['page=2', 'page'],
    ['Limit=2', 'Limit'],
    ['source[]=stripe', 'source[]'],
    ['constructor=1', 'constructor'],
    ['toString=1', 'toString'],
    ['hasOwnProperty=1', 'hasOwnProperty'],
    ['__proto__=1', '__proto__'],
  ])('refuse %s and name it', async (query, field) => {
    const { code, errors } = await refusal(query);
    expect(code).toBe('validation_failed');
    expect(errors?.map((error) => error.field)).toEqual([field]);
  });

  it('are refused all at once, each with the cure', async () => {
    const { errors } = await refusal('limit=0&status=paid&page=2&from=x');
    expect(errors).toHaveLength(4);
    expect(errors).toEqual(
      expect.arrayContaining([
        { field: 'limit', message: 'limit must be an integer from 1 to 200' },
        { field: 'page', message: 'page is not known here; leave it out' },
        { field: 'status', message: expect.stringContaining('partially_captured') as string },
        { field: 'from', message: expect.stringContaining('2026-11-24T10:00:00Z') as string },
      ]),
    );
  });
});
