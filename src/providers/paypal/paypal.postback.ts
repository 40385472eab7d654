/**
 * Asks PayPal itself whether it sent an event. The signature covers a checksum of the body only; this
 * covers the body. https://developer.paypal.com/api/rest/webhooks/rest/
 */
import { SharedCache } from './paypal.cache.js';
import { type Fetch, fetchBody, type OutgoingRequest } from './paypal.http.js';
import { ALGORITHM, type Transmission } from './paypal.transmission.js';

/** Where to ask, and as whom. */
export interface Api {
  /** Without a trailing slash. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A token is not used in its last minute, so that it does not end on its way. */
const TOKEN_MARGIN_SECONDS = 60;

export class Postback {
  private readonly tokens: SharedCache<string>;

  constructor(
    private readonly fetch: Fetch,
    now: () => number,
  ) {
    this.tokens = new SharedCache(now);
  }

  /**
   * PayPal's verdict. Throws where there is none: no answer, no token, or an answer of another form.
   *
   * @param body what was received. It must be one JSON value and nothing else: it is put into the
   *   request as it is, since written anew (1.0 as 1) it would not be what PayPal signed
   */
  async confirms(
    api: Api,
    transmission: Transmission,
    webhookId: string,
    body: Buffer,
    deadline: AbortSignal,
  ): Promise<boolean> {
    const account = JSON.stringify(api);
    const token = await this.tokens.get(account, () => this.newToken(api, deadline));
    const stated = JSON.stringify({
      auth_algo: ALGORITHM,
      cert_url: transmission.certificateUrl.href,
      transmission_id: transmission.id,
      transmission_sig: transmission.signature,
      transmission_time: transmission.time,
      webhook_id: webhookId,
    });
    const { status, body: answer } = await this.fetch({
      url: `${api.url}/v1/notifications/verify-webhook-signature`,
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: Buffer.concat([
        Buffer.from(`${stated.slice(0, -1)},"webhook_event":`),
        body,
        Buffer.from('}'),
      ]),
      deadline,
    });
    // A token may end early; the next event asks for another one.
    if (status === 401) this.tokens.forget(account);
    const verdict = status === 200 ? fieldsOf(answer).verification_status : undefined;
    if (verdict !== 'SUCCESS' && verdict !== 'FAILURE') {
      throw new Error(`no verdict of PayPal, which answered ${status}`);
    }
    return verdict === 'SUCCESS';
  }

  private async newToken({ url, clientId, clientSecret }: Api, deadline: AbortSignal) {
    const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const request: OutgoingRequest = {
      url: `${url}/v1/oauth2/token`,
      method: 'POST',
      headers: {
        Authorization: `Basic ${credentials}`,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
      deadline,
    };
    const { access_token: token, expires_in: seconds } = fieldsOf(
      await fetchBody(this.fetch, request),
    );
    if (typeof token !== 'string' || token === '' || typeof seconds !== 'number') {
      throw new Error('no token of PayPal in its answer');
    }
    return { value: token, keepFor: (seconds - TOKEN_MARGIN_SECONDS) * 1000 };
  }
}

/** The fields of a JSON object; none where it is something else, so that nothing of it is quoted. */
function fieldsOf(answer: Buffer): Record<string, unknown> {
  try {
    return { ...(JSON.parse(answer.toString()) as Record<string, unknown>) };
  } catch {
    return {};
  }
}
