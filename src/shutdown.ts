/** The end of the process, in order: stop being ready, refuse, finish, close, stop the database. */
import { type INestApplication } from '@nestjs/common';
import { type Server } from 'node:http';
import { Lifecycle } from './operations/lifecycle.js';

/**
 * Milliseconds after the signal: connections are cut off; the application is waited for no longer;
 * everything is over.
 */
const CUT_OFF = 6_500;
const GIVE_UP = 8_000;
const OVER = 10_000;
/** Of what is left for the end, so much is for the process itself. */
const LAST_WORDS = 500;
/** Ctrl-C in npm arrives twice: what follows within this time is the same signal. */
const SAME_SIGNAL = 2_000;

/**
 * Keeps a signal that comes while the service still starts: ended in the middle, it would leave what
 * it has started. Where the start takes too long, the process ends all the same.
 *
 * @returns ends the keeping; sends the signal again that came meanwhile
 */
export function keepSignals(): () => void {
  let kept: NodeJS.Signals | null = null;
  const keep = (signal: NodeJS.Signals) => {
    if (kept === null) setTimeout(() => process.exit(0), OVER - LAST_WORDS).unref();
    kept = signal;
  };
  process.on('SIGTERM', keep).on('SIGINT', keep);
  return () => {
    process.off('SIGTERM', keep).off('SIGINT', keep);
    if (kept !== null) process.kill(process.pid, kept);
  };
}

/**
 * Ends the process on SIGTERM or SIGINT with code 0. A second signal, if it is another one, ends it at
 * once with code 1.
 *
 * @param finish what is to be stopped after the application, last of all, within so many milliseconds
 */
export function shutDownOnSignal(
  app: INestApplication,
  delaySeconds: number,
  finish: (within: number) => Promise<void>,
): void {
  let first: number | null = null;
  const onSignal = () => {
    if (first !== null) {
      if (Date.now() - first > SAME_SIGNAL) process.exit(1);
      return;
    }
    const began = (first = Date.now());
    shutDown(app, delaySeconds)
      .then(() => finish(OVER - LAST_WORDS - (Date.now() - began)))
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
}

/** Resolves when the application has closed, or 8 s after it was called, whatever hangs. */
export async function shutDown(app: INestApplication, delaySeconds: number): Promise<void> {
  const server = app.getHttpServer() as Server;
  const cutOff = setTimeout(() => server.closeAllConnections(), CUT_OFF);
  const lifecycle = app.get(Lifecycle);
  lifecycle.startDraining();
  await Promise.race([finish(app, server, lifecycle, delaySeconds), sleep(GIVE_UP)]);
  clearTimeout(cutOff);
}

async function finish(
  app: INestApplication,
  server: Server,
  lifecycle: Lifecycle,
  delaySeconds: number,
): Promise<void> {
  await sleep(delaySeconds * 1000);
  lifecycle.startRefusing();
  // A connection without a request would otherwise hold the server open until its timeout.
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
