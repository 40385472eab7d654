/** Sends what was planned and keeps what came back. */
import { type Sample, type SigningContext } from '../../providers/provider.js';
import { judge, type Verdict } from './judge.js';
import { type Play } from './choose.js';
import { type Delivery, type Lane } from './plan.js';
import { type Answer, type Sender } from './send.js';

/** Lanes that are under way at once, where there are as many. */
export const CONCURRENCY = 16;

/** Errors of a server that is not there, and to which nothing more need be sent. */
const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

export interface Attempt {
  readonly delivery: Delivery;
  readonly expected: Sample['expect'];
  readonly verdict: Verdict;
  /** From sending to the end of the answer. */
  readonly milliseconds: number;
}

export interface Clock {
  /** Milliseconds since the epoch, for signatures. */
  now(): number;
  /** Milliseconds that never go back, for durations. */
  elapsed(): number;
  sleep(milliseconds: number): Promise<void>;
}

/**
 * Sends all lanes, each delivery signed at the moment of sending. Ends early when the very first
 * answers are that nobody is there.
 *
 * @param key what signs
 * @param samplesOf the steps of a run, built when they are needed: a large plan does not fit in memory
 * @param onAttempt called after each answer, with the number of answers so far
 */
export async function playLanes(
  play: Play,
  key: Pick<SigningContext, 'secret' | 'key'>,
  lanes: readonly Lane[],
  samplesOf: (run: number) => readonly Sample[],
  sender: Sender,
  clock: Clock,
  rate: number | null,
  onAttempt: (done: number) => void,
): Promise<Attempt[]> {
  const { provider, options, url } = play.source;
  const waitForTurn = pace(clock, rate);
  const attempts: Attempt[] = [];
  let answered = false;
  let gone = false;

  const deliver = async (delivery: Delivery): Promise<void> => {
    const sample = samplesOf(delivery.run)[delivery.step]!;
    await waitForTurn();
    if (gone) return;
    const signed = provider.sign(sample, { ...key, at: clock.now(), url, options });
    const headers = {
      'Content-Type': provider.contentTypes[0]!,
      ...sample.headers,
      ...signed.headers,
    };
    const start = clock.elapsed();
    const answer = await sender.send(signed.body, headers);
    const milliseconds = clock.elapsed() - start;
    const verdict = judge(answer, sample.expect, provider);
    attempts.push({ delivery, expected: sample.expect, verdict, milliseconds });
    answered ||= answer.kind === 'answered';
    gone ||= !answered && isUnreachable(answer);
    onAttempt(attempts.length);
  };

  const waiting = lanes.values();
  const worker = async (): Promise<void> => {
    for (const lane of waiting) {
      for (const delivery of lane) {
        if (gone) return;
        await deliver(delivery);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, lanes.length) }, worker));
  return attempts;
}

function isUnreachable(answer: Answer): boolean {
  return answer.kind === 'failed' && UNREACHABLE.includes(answer.code);
}

/** Gives out turns that are at least 1/rate seconds apart, also when the sender was held up. */
function pace(clock: Clock, rate: number | null): () => Promise<void> {
  if (rate === null) return () => Promise.resolve();
  let next = clock.elapsed();
  return async () => {
    const turn = Math.max(next, clock.elapsed());
    next = turn + 1000 / rate;
    const wait = turn - clock.elapsed();
    if (wait > 0) await clock.sleep(wait);
  };
}
