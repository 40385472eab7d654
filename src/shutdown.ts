/** The end of the process, in order: stop being ready, refuse, finish, close, stop the database. */
import { type INestApplication } from '@nestjs/common';
import { type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lifecycle } from './operations/lifecycle.js';

/** Milliseconds after which connections are cut off, so that all ends within 8 s. */
const GRACE = 6_000;
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

async function shutDown(app: INestApplication, delaySeconds: number): Promise<void> {
  const lifecycle = app.get(Lifecycle);
  lifecycle.startDraining();
  await sleep(delaySeconds * 1000);
  lifecycle.startRefusing();
  // A connection without a request would otherwise hold the server open until its timeout.
  const server = app.getHttpServer() as Server;
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const deadline = setTimeout(() => server.closeAllConnections(), GRACE);
  await app.close();
  clearInterval(idle);
  clearTimeout(deadline);
}
