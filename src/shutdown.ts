/** The end of the process, in order: stop being ready, refuse, finish, close, stop the database. */
import { type INestApplication } from '@nestjs/common';
import { type Server } from 'node:http';
import { Lifecycle } from './operations/lifecycle.js';

/** Milliseconds after the signal: connections are cut off; the application is waited for no longer. */
const CUT_OFF = 6_500;
const GIVE_UP = 8_000;
/** Ctrl-C in npm arrives twice: what follows within this time is the same signal. */
const SAME_SIGNAL = 2_000;

/**
 * Ends the process on SIGTERM or SIGINT with code 0. A second signal, if it is another one, ends it at
 * once with code 1.
 *
 * @param finish what is to be stopped after the application, last of all
 */
export function shutDownOnSignal(
  app: INestApplication,
  delaySeconds: number,
  finish: () => Promise<void>,
): void {
  let first: number | null = null;
  const onSignal = () => {
    if (first !== null) {
      if (Date.now() - first > SAME_SIGNAL) process.exit(1);
      return;
    }
    first = Date.now();
    shutDown(app, delaySeconds)
      .then(finish)
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
