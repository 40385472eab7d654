import path from 'node:path';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { judge } from '../cli/simulate/judge.js';
import { signingKeyOf } from '../cli/simulate/signing-key.js';
import { type Answer } from '../cli/simulate/send.js';
import { SETTINGS } from '../config/settings.module.js';
import { type Settings, type Source } from '../config/settings.js';
import { PrismaService } from '../database/prisma.service.js';
import { newId } from '../operations/ids.js';
import { Problem } from '../operations/problem.js';
import { type Sample, type ScenarioName, type SignedSample } from '../providers/provider.js';
import { addressOf } from '../start-message.js';
import { normalise, sha256 } from '../webhooks/normalise.js';
import { type TestEventDto } from './test-event.dto.js';

/** A test event says so in this header, which is kept with it; and in its ids, where these may have words. */
export const TEST_USER_AGENT = 'payment-webhooks-test';
/** Milliseconds; the service itself answers within five seconds. */
const TIMEOUT = 10_000;
/** How long before its sending a test event says that it happened, in milliseconds: it must not be in the future. */
const LEAD = 60_000;

/**
 * What a test event tells of, the first that the provider has: a payment that failed moves no money, and
 * nobody ships for it where the provider does not state that it is a test.
 */
const PREFERRED: readonly ScenarioName[] = ['failed', 'voided', 'succeeded'];

/** Why no test event is sent to a source, as far as its configuration tells; null where one is. */
export function refusalOfTest(source: Source): string | null {
  if (!source.enabled) {
    return 'The source is switched off, so that it would answer 404. Set "enabled": true in SOURCES_FILE and restart.';
  }
  if (source.livemode === true) {
    return `The source is bound to live payments, where a test event does not belong. Send one from the console of ${source.provider.title}, or configure a second source for test payments.`;
  }
  return scenarioOf(source) === undefined
    ? `There is no sample of ${source.provider.title} to send. Send a test event from its console.`
    : null;
}

function scenarioOf({ provider }: Source): ScenarioName | undefined {
  return PREFERRED.find((name) => provider.scenarios[name] !== undefined);
}

/** Sends test events to this very service, by HTTP and signed: all that a real one goes through. */
@Injectable()
export class TestEvents {
  constructor(
    private readonly prisma: PrismaService,
    private readonly http: HttpAdapterHost,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Sends one, and says what it was answered.
   * @throws {Problem} conflict where the source may not or cannot be tested from here
   */
  async send(source: Source): Promise<TestEventDto> {
    const refusal = refusalOfTest(source);
    if (refusal !== null) throw new Problem('conflict', { detail: refusal });
    const key = await this.keyOf(source);
    const now = Date.now();
    const scenario = scenarioOf(source)!;
    const sample = sampleOf(source, scenario, now);
    const { provider, options, url } = source;
    const signed = provider.sign(sample, { ...key, at: now, url, options });
    const headers = {
      'Content-Type': provider.contentTypes[0]!,
      ...sample.headers,
      ...signed.headers,
      'User-Agent': TEST_USER_AGENT,
    };
    const begin = performance.now();
    const answer = await this.post(source, { body: signed.body, headers });
    const milliseconds = Math.round((performance.now() - begin) * 10) / 10;
    return {
      scenario,
      asExpected: judge(answer, sample.expect, provider).asExpected,
      status: answer.kind === 'answered' ? answer.status : null,
      answer: answer.kind === 'answered' ? answer.body : answer.message,
      eventId: await this.eventOf(source, { body: signed.body, headers }, new Date(now)),
      milliseconds,
    };
  }

  /** The secret of the source, or the key of the simulator where the source has been told to trust it. */
  private async keyOf(source: Source): Promise<{ secret: string; key: string | null }> {
    try {
      return await signingKeyOf(source, path.join(this.settings.dataDir, 'simulator'));
    } catch (cause) {
      const { name, provider } = source;
      throw new Problem('conflict', {
        detail:
          `${provider.title} signs with a key that only it has, so that nothing can be signed here in its ` +
          `place. Send a test event from its console. To try without it, run npm run simulate -- --source ` +
          `${name}, which says how a key of its own is trusted.`,
        cause,
      });
    }
  }

  private async post({ name }: Source, { body, headers }: SignedSample): Promise<Answer> {
    const server = this.http.httpAdapter.getHttpServer() as Server;
    const base = addressOf(server.address() as AddressInfo);
    try {
      const response = await fetch(`${base}/webhooks/${name}`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
        signal: AbortSignal.timeout(TIMEOUT),
      });
      return { kind: 'answered', status: response.status, body: await response.text() };
    } catch (error) {
      const { name: code, message } = error as Error;
      return { kind: 'failed', code, message };
    }
  }

  /** Our id of the event that is in those bytes; null where it is not stored. */
  private async eventOf(
    source: Source,
    { body, headers }: SignedSample,
    receivedAt: Date,
  ): Promise<string | null> {
    const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const [event] = normalise(source, {
      body,
      bodySha256: sha256(body),
      headers: Object.fromEntries(lowerCase) as Record<string, string>,
      receivedAt,
    });
    const stored = await this.prisma.webhookEvent.findUnique({
      where: { source_eventId: { source: source.name, eventId: event!.eventId } },
      select: { id: true },
    });
    return stored?.id ?? null;
  }
}

/** The end of a scenario, with ids of its own. */
function sampleOf(
  { provider, options, account }: Source,
  scenario: ScenarioName,
  now: number,
): Sample {
  const samples = provider.scenarios[scenario]!({
    unique: `test${newId().replaceAll('-', '')}`,
    now: now - LEAD,
    options,
    account: account === 'self' ? null : account,
    livemode: false,
  });
  return samples.at(-1)!;
}
