import { Prisma } from '../generated/prisma/client.js';
import { createLogger } from './logger.js';
import { Problem } from './problem.js';

const CANARY = '4111111111111111';

function capture(level: 'info' | 'trace' = 'trace') {
  const lines: string[] = [];
  const log = createLogger(level, { write: (line: string) => void lines.push(line) });
  const parsed = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { ...log, lines, parsed };
}

describe('createLogger', () => {
  it('writes one JSON line with time, level and message', () => {
    const { logger, lines, parsed } = capture();
    logger.info({ requestId: 'r', source: 'stripe', ms: 1.5 }, 'received');
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(parsed()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        requestId: 'r',
        source: 'stripe',
        ms: 1.5,
        msg: 'received',
      },
    ]);
  });

  it('leaves out what is not on the list and what is not plain', () => {
    const { logger, lines } = capture();
    logger.info({ body: CANARY, headers: { authorization: CANARY }, req: { url: CANARY } }, 'a');
    logger.info({ source: { nested: CANARY }, eventId: [CANARY], code: Buffer.from(CANARY) }, 'b');
    expect(lines.join('')).not.toContain(CANARY);
  });

  it.each<[string, unknown]>([
    ['an error', new Error(CANARY)],
    ['an error of several lines', new Error(`a\n    at ${CANARY}\n b`)],
    [
      'a Prisma error',
      new Prisma.PrismaClientKnownRequestError(CANARY, { code: 'P2010', clientVersion: '7' }),
    ],
    ['a cause', new Error('x', { cause: new Error(CANARY) })],
    ['a string', CANARY],
    ['an object', { message: CANARY, stack: CANARY }],
  ])('tells of %s without its text', (_, err) => {
    const { logger, nest, lines } = capture();
    logger.error({ err }, 'failed');
    logger.error({ err });
    if (err instanceof Error) logger.error(err);
    nest.error({ msg: 'failed', err });
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines.join('')).not.toContain(CANARY);
  });

  it('tells where an error came from, and its code', () => {
    const { logger, parsed } = capture();
    logger.error({ err: Object.assign(new TypeError('x'), { code: 'ECONNRESET' }) }, 'failed');
    logger.error({ err: new Problem('draining', { detail: 'our words' }) }, 'failed');
    expect(parsed()).toMatchObject([
      { err: { type: 'TypeError', code: 'ECONNRESET' } },
      { err: { code: 'draining', detail: 'our words' } },
    ]);
    const { at } = parsed()[0]?.err as { at: string[] };
    expect(at[0]).toContain('logger.spec');
  });

  it('keeps to one line, whatever a value holds', () => {
    const { logger, nest, lines, parsed } = capture();
    const text = 'a\r\n{"level":"fatal"}\n\u001b[2J\u0007\u0000\u0085';
    logger.info({ eventId: text, source: text }, 'received');
    nest.warn(text, 'Router');
    expect(lines).toHaveLength(2);
    // Nothing below the blank gets to a terminal, but the end of the line.
    // eslint-disable-next-line no-control-regex -- that is what is looked for
    for (const line of lines) expect(line).toMatch(/^[^\u0000-\u001f]+\n$/);
    expect(parsed()).toMatchObject([{ eventId: text, source: text }, { msg: text }]);
  });

  it("takes Nest's own lines", () => {
    const { nest, parsed } = capture();
    nest.log('Starting', 'PaymentsService');
    nest.warn('careful', 'Router');
    nest.error('went wrong', 'stack', 'Router');
    nest.debug?.('detail');
    nest.error(new Error("can't resolve"), 'stack', 'ExceptionHandler');
    expect(parsed()).toMatchObject([
      { level: 'info', msg: 'Starting', context: 'PaymentsService' },
      { level: 'warn', msg: 'careful', context: 'Router' },
      { level: 'error', msg: 'went wrong', context: 'Router' },
      { level: 'debug', msg: 'detail' },
      { level: 'error', msg: "can't resolve", err: { type: 'Error' } },
    ]);
  });

  it('has what Nest says of its assembly only in debug, and its errors always', () => {
    const { nest, parsed } = capture();
    nest.log('Mapped {/livez, GET} route', 'RouterExplorer');
    nest.error('went wrong', 'stack', 'RouterExplorer');
    expect(parsed().map(({ level }) => level)).toEqual(['debug', 'error']);
  });

  it('keeps to the level', () => {
    const { logger, nest, lines } = capture('info');
    logger.debug('no');
    nest.verbose?.('no');
    expect(lines).toEqual([]);
  });
});
