import { type Sent } from '../outbound/http-sender.js';
import { MAX_ATTEMPTS } from './schedule.js';
import { judge } from './verdict.js';

const AT = { now: 0, random: 0.5 };

function answered(status: number, fields: Partial<Sent> = {}): Sent {
  return { status, retryAfter: null, answer: '', error: null, ...fields };
}

it.each([200, 201, 202, 204, 299])('%i delivers', (status) => {
  expect(judge(answered(status), 1, AT)).toEqual({
    status: 'delivered',
    delay: 0,
    endpoint: 'working',
    error: null,
  });
});

it.each([300, 301, 302, 304, 307, 308, 400, 404, 409, 429, 500, 503, 599])(
  '%i is a failure that is tried again',
  (status) => {
    expect(judge(answered(status), 1, AT)).toMatchObject({
      status: 'pending',
      delay: 5_000,
      endpoint: 'failing',
      error: expect.stringContaining(`answered ${status}`) as string,
    });
  },
);

it('counts a 2xx whose answer did not end as a failure: whoever sent it may not have kept anything', () => {
  const sent = answered(200, { answer: null, error: 'other side closed' });
  expect(judge(sent, 1, AT)).toMatchObject({ status: 'pending', error: 'other side closed' });
});

it('honours Retry-After of any failure', () => {
  expect(judge(answered(503, { retryAfter: '60' }), 1, AT).delay).toBe(60_000);
  expect(judge(answered(429, { retryAfter: '60' }), 1, AT).delay).toBe(60_000);
});

it('lets what met a 410 wait, in case the endpoint is resumed', () => {
  expect(judge(answered(410), 1, AT)).toMatchObject({ status: 'pending', endpoint: 'gone' });
});

it('is the end after the last attempt, but not of one that succeeds', () => {
  expect(judge(answered(500), MAX_ATTEMPTS - 1, AT).status).toBe('pending');
  expect(judge(answered(500), MAX_ATTEMPTS, AT)).toMatchObject({ status: 'dead', delay: 0 });
  expect(judge(answered(200), MAX_ATTEMPTS + 1, AT).status).toBe('delivered');
});

it('says why there was no answer', () => {
  const sent = { status: null, retryAfter: null, answer: null, error: 'connect ECONNREFUSED' };
  expect(judge(sent, 1, AT)).toMatchObject({ status: 'pending', error: 'connect ECONNREFUSED' });
});
