import { fakeProvider } from '../../../test/support/fake-provider.js';
import { type Source } from '../../config/settings.js';
import { type Play } from './choose.js';
import { planLanes } from './plan.js';
import { type Clock, CONCURRENCY, playLanes } from './play.js';
import { type Answer, type Sender } from './send.js';

const SUCCESS: Answer = { kind: 'answered', status: 200, body: '{"status":"success"}' };
const REFUSED: Answer = { kind: 'failed', code: 'ECONNREFUSED', message: 'refused' };

/** A clock on which only sleeping and sending take time. */
class TestClock implements Clock {
  time = 0;
  now = () => 1_764_000_000_000 + this.time;
  elapsed = () => this.time;
  sleep(milliseconds: number) {
    this.time += milliseconds;
    return Promise.resolve();
  }
}

const PLAY = {
  source: {
    name: 'acme',
    provider: fakeProvider('acme', {
      contentTypes: ['application/x-acme', 'application/json'],
      sign: ({ body }, { secret, key, at, url }) => ({
        body: Buffer.from(`${body.toString()}!`),
        headers: { Signature: `${body.toString()} ${secret} ${key} ${at} ${url}` },
      }),
    }),
    url: 'https://pay.example/webhooks/acme',
    options: {},
  } as unknown as Source,
} as Play;

const KEY = { secret: 'secret', key: 'key' };

const samplesOf = (run: number) =>
  ['a', 'b', 'c'].map((step) => ({ body: Buffer.from(step + run), expect: 'success' as const }));

interface Sent {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly at: number;
}

async function play(
  plan: { count: number; duplicate?: number; shuffle?: boolean; rate?: number },
  answer: (index: number) => Answer = () => SUCCESS,
) {
  const clock = new TestClock();
  const sent: Sent[] = [];
  let open = 0;
  let mostOpen = 0;
  const sender: Sender = {
    send: async (body, headers) => {
      const index = sent.push({ body: body.toString(), headers, at: clock.time }) - 1;
      mostOpen = Math.max(mostOpen, (open += 1));
      await new Promise(setImmediate);
      open -= 1;
      return answer(index);
    },
    close: () => undefined,
  };
  const lanes = planLanes({ duplicate: 1, shuffle: false, ...plan }, 3, 'seed');
  const progress: number[] = [];
  const attempts = await playLanes(
    PLAY,
    KEY,
    lanes,
    samplesOf,
    sender,
    clock,
    plan.rate ?? null,
    (n) => progress.push(n),
  );
  return { attempts, sent, mostOpen, progress };
}

describe('playLanes', () => {
  it('sends the events of a payment in order, each after the answer to the one before', async () => {
    const { sent, mostOpen, progress } = await play({ count: 1, duplicate: 2 });
    expect(sent.map(({ body }) => body)).toEqual(['a0!', 'a0!', 'b0!', 'b0!', 'c0!', 'c0!']);
    expect(mostOpen).toBe(1);
    expect(progress).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('sends payments side by side, but no more than a few', async () => {
    const { sent, mostOpen } = await play({ count: 50, shuffle: true });
    expect(sent).toHaveLength(150);
    expect(mostOpen).toBe(CONCURRENCY);
  });

  it('signs at the moment of sending, for the address of the source, and sends what was signed', async () => {
    const { sent } = await play({ count: 1, rate: 2 });
    expect(sent.map(({ headers }) => headers)).toEqual(
      ['a0', 'b0', 'c0'].map((body, i) => ({
        'Content-Type': 'application/x-acme',
        Signature: `${body} secret key ${1_764_000_000_000 + i * 500} https://pay.example/webhooks/acme`,
      })),
    );
  });

  it('keeps to the rate over all payments', async () => {
    const { sent } = await play({ count: 10, shuffle: true, rate: 10 });
    const times = sent.map(({ at }) => at).sort((a, b) => a - b);
    expect(times.at(-1)).toBeGreaterThanOrEqual(29 * 100);
  });

  it('stops when nobody is there', async () => {
    const { attempts } = await play({ count: 1000 }, () => REFUSED);
    expect(attempts.length).toBeLessThanOrEqual(CONCURRENCY);
  });

  it('goes on when the server went away meanwhile', async () => {
    const { attempts } = await play({ count: 20 }, (i) => (i === 0 ? SUCCESS : REFUSED));
    expect(attempts).toHaveLength(60);
  });
});
