/**
 * The log: JSON lines on stdout, written asynchronously. What may stand in a line is an allow-list of
 * names, and of their values only plain ones: a header, a body or a secret cannot get in by mistake,
 * and neither can the text of a database error, which may carry values.
 */
import { type LoggerService } from '@nestjs/common';
import pino, { type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import pretty from 'pino-pretty';
import { type LogLevel } from '../config/settings.js';
import { sqlStateOf } from './prisma-errors.js';
import { Problem } from './problem.js';

/** Fields that a line may have; others are left out. */
const FIELDS: ReadonlySet<string> = new Set([
  'context',
  'requestId',
  'method',
  'route',
  'status',
  'ms',
  'source',
  'provider',
  'webhookEventId',
  'eventId',
  'events',
  'type',
  'outcome',
  'code',
  'paymentId',
  'version',
  'attempt',
  'count',
  'bytes',
  'signal',
  'pid',
  'port',
  'host',
  'url',
  'migration',
]);

/** What Nest says of its own assembly at the start: some thirty lines, of use to who debugs it. */
const ASSEMBLY: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'NestApplication',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
]);

const MAX_VALUE_LENGTH = 300;

export interface ServiceLogger {
  readonly logger: Logger;
  /** The same log for Nest: `app.useLogger(nest)`. */
  readonly nest: LoggerService;
  /** Writes what is still in memory; to be called last. */
  flush(): void;
}

export function createLogger(
  level: LogLevel,
  destination: Destination = standardOutput(),
): ServiceLogger {
  const logger = pino(OPTIONS(level), destination);
  return { logger, nest: nestLogger(logger), flush: () => destination.flushSync?.() };
}

type Destination = DestinationStream & { flushSync?(): void };

/** Lines of JSON, gathered for a moment, since each write costs more than its line; in a terminal, lines for people. */
function standardOutput(): Destination {
  if (!process.stdout.isTTY) {
    return pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 100 });
  }
  return pretty({ sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss.l' });
}

const OPTIONS = (level: LogLevel): LoggerOptions => ({
  level,
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }), log: allowed },
  hooks: {
    // pino takes the message of an error for the message of the line when it is given none.
    logMethod(args, method) {
      const [first, second] = args as unknown[];
      const fields = first instanceof Error ? { err: first } : first;
      const hasError = typeof fields === 'object' && fields !== null && 'err' in fields;
      if (hasError && typeof second !== 'string') method.call(this, fields, 'error');
      else method.apply(this, args);
    },
  },
});

/** Only the fields of the list, only plain values, and errors without their text. */
function allowed(fields: Record<string, unknown>): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (name === 'err') shown.err = describeError(value);
    else if (FIELDS.has(name) && isPlain(value)) {
      shown[name] = typeof value === 'string' ? value.slice(0, MAX_VALUE_LENGTH) : value;
    }
  }
  return shown;
}

function isPlain(value: unknown): boolean {
  if (value === null) return true;
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean';
}

/** What kind of error it is and where it came from. Its text only where the words are ours. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as { code?: unknown };
  const sqlState = sqlStateOf(error);
  return {
    type: error.name,
    ...(typeof code === 'string' && /^\w{1,40}$/.test(code) ? { code } : {}),
    ...(sqlState === null ? {} : { sqlState }),
    ...(error instanceof Problem ? { detail: error.detail } : {}),
    at: framesOf(error),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause) } : {}),
  };
}

/** The stack without the message that precedes it. */
function framesOf(error: Error): string[] {
  const stack = error.stack ?? '';
  const from = stack.indexOf(error.message) + error.message.length;
  return stack
    .slice(stack.includes(error.message) ? from : 0)
    .split('\n')
    .filter((line) => /^\s+at \S/.test(line))
    .map((line) => line.trim());
}

/** Nest calls with (message, ...rest, context), and for an error with its stack before the context. */
function nestLogger(root: Logger): LoggerService {
  // Names of classes, so there are not many; a child has its context in the form of the line already.
  const children = new Map<unknown, Logger>();
  const childOf = (context: unknown): Logger => {
    if (typeof context !== 'string') return root;
    let child = children.get(context);
    if (child === undefined) {
      child = root.child({ context });
      children.set(context, child);
    }
    return child;
  };
  const at =
    (level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace') =>
    (message: unknown, ...rest: unknown[]): void => {
      const last = rest.at(-1);
      const logger = childOf(last);
      if (message instanceof Error) {
        // At the start Nest reports by this context what is wrong with the program or its settings.
        const starting = last === 'ExceptionHandler';
        logger[level]({ err: message }, starting ? message.message : message.name);
      } else if (typeof message === 'object' && message !== null) {
        // Its `msg` is on no list of fields, so it is written once: as the message of the line.
        const { msg } = message as { msg?: unknown };
        logger[level](message, typeof msg === 'string' ? msg : '');
      } else {
        logger[level](String(message));
      }
    };
  return {
    log: (message: unknown, ...rest: unknown[]) =>
      at(ASSEMBLY.has(rest.at(-1)) ? 'debug' : 'info')(message, ...rest),
    error: at('error'),
    warn: at('warn'),
    debug: at('debug'),
    verbose: at('trace'),
    fatal: at('fatal'),
  };
}
