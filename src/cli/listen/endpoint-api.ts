/** What listen asks of /api: an endpoint for as long as it listens. */

/** The endpoint of listen; another run takes its place. */
export const LISTEN_ENDPOINT = 'listen';
const TIMEOUT = 10_000;

export interface MadeEndpoint {
  readonly id: string;
  /** `whsec_…` */
  readonly secret: string;
}

interface EndpointList {
  readonly data: readonly { readonly id: string; readonly name: string }[];
}

interface Problem {
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

export class EndpointApi {
  /** @param base address of the service without a trailing slash */
  constructor(
    private readonly base: string,
    private readonly token: string,
  ) {}

  /**
   * Makes the endpoint; one that an earlier run left behind is removed.
   * @throws Error with what the service says, and the cure
   */
  async make(url: string): Promise<MadeEndpoint> {
    const { data } = await this.call<EndpointList>('GET', '?limit=200');
    const left = data.find(({ name }) => name === LISTEN_ENDPOINT);
    if (left !== undefined) await this.remove(left.id);
    return this.call<MadeEndpoint>('POST', '', { name: LISTEN_ENDPOINT, url });
  }

  async remove(id: string): Promise<void> {
    await this.call('DELETE', `/${id}`);
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.base}/api/endpoints${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT),
    }).catch((error: unknown) => {
      throw new Error(
        `No service answers at ${this.base}. Start one with npm start, or name its address with --url.`,
        { cause: error },
      );
    });
    const text = await response.text();
    if (!response.ok) throw new Error(sayOf(response.status, text));
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

function sayOf(status: number, text: string): string {
  if (status === 401) {
    return (
      'The service does not accept the admin token that is configured here. Run this in its working ' +
      'directory and with its environment.'
    );
  }
  const { detail, errors = [] } = problemOf(text);
  const messages = errors.map(({ message }) => message);
  return messages.length > 0 ? messages.join('\n') : (detail ?? `The service answered ${status}.`);
}

function problemOf(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {};
  }
}
