/** Those who send: connections on which several webhooks leave at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer } from '../../support/application.js';
import { head, RawConnection } from '../../support/raw-http.js';
import { type Signed } from '../../support/signed.js';

export interface Webhook extends Signed {
  readonly source: string;
}

const MOST_TRIES = 50;
const PAUSE = 200;

/** Connections to some services, kept open from one test to the next. */
export class Senders {
  private readonly connections = new Map<string, RawConnection>();

  /** @param ports of the services, by their number */
  constructor(private readonly ports: readonly number[]) {}

  /**
   * Sends waves of webhooks to a service on one of the connections to it. Those of one wave leave in
   * one write, so that the service reads them together; the next wave waits for their answers. What
   * is not stored, on a busy machine, is sent again, as a provider would.
   */
  async send(
    service: number,
    connection: number,
    waves: readonly (readonly Webhook[])[],
  ): Promise<Answer[]> {
    const open = await this.connectionTo(service, connection);
    const answers: Answer[] = [];
    for (const wave of waves) {
      let left = wave;
      for (let tries = 1; left.length > 0 && tries <= MOST_TRIES; tries += 1) {
        if (tries > 1) await sleep(PAUSE);
        open.send(...left.flatMap(requestOf));
        const again: Webhook[] = [];
        for (const webhook of left) {
          const answer = await open.answer();
          if (answer.status === 503 && tries < MOST_TRIES) again.push(webhook);
          else answers.push(answer);
        }
        left = again;
      }
    }
    return answers;
  }

  close(): void {
    for (const connection of this.connections.values()) connection.close();
  }

  private async connectionTo(service: number, connection: number): Promise<RawConnection> {
    const name = `${service} ${connection}`;
    const known = this.connections.get(name);
    if (known) return known;
    const opened = await RawConnection.open(this.ports[service]!);
    this.connections.set(name, opened);
    return opened;
  }
}

/** The bytes of its request. */
export function requestOf({ source, body, headers }: Webhook): (string | Buffer)[] {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    head(
      `POST /webhooks/${source} HTTP/1.1`,
      'Host: 127.0.0.1',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      ...lines,
    ),
    body,
  ];
}
