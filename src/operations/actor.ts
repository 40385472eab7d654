import { createHash } from 'node:crypto';
import { type IncomingMessage } from 'node:http';

const ACTOR = Symbol('actor');

/** So many hex digits tell tokens apart, and give nothing of them away. */
const FINGERPRINT_LENGTH = 12;

/** Who holds a token, without the token: `admin:` and the first digits of its SHA-256. */
export function fingerprintOf(token: string): string {
  const digest = createHash('sha256').update(token).digest('hex');
  return `admin:${digest.slice(0, FINGERPRINT_LENGTH)}`;
}

/** Says on whose behalf a request is made; for the guard that has checked it. */
export function setActor(request: IncomingMessage, actor: string): void {
  (request as Tagged)[ACTOR] = actor;
}

/** Who makes a request that the token's guard let pass. */
export function actorOf(request: IncomingMessage): string {
  const actor = (request as Tagged)[ACTOR];
  if (actor === undefined) throw new Error('no guard has said who makes this request');
  return actor;
}

type Tagged = IncomingMessage & { [ACTOR]?: string };
