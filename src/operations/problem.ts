/**
 * Everything that can be wrong with a request, by code. One table for the webhooks and for /api: a
 * status, a title, and a detail that says what was wrong and how to cure it. Answered as RFC 9457 by
 * the {@link ProblemFilter}.
 */
import { HttpException } from '@nestjs/common';
import { type FieldError, type QuarantineCode } from '../providers/provider.js';

interface ProblemType {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** Seconds for Retry-After. */
  readonly retryAfter?: number;
  /** The connection cannot be used further: what follows on it is not known to be a request. */
  readonly closes?: true;
}

const EDGE = {
  source_not_found: {
    status: 404,
    title: 'No such source',
    detail:
      'No source of this name is configured and switched on. Check the last part of the URL, and that the secret of the source is set.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    detail:
      'Nothing is at this address. Check its spelling: case, slashes and the id must be exact.',
  },
  conflict: {
    status: 409,
    title: 'Conflict',
    detail: 'The call contradicts the state of what it is about. Read it again, then call anew.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    detail: 'This address does not take this method. Use one that the Allow header names.',
  },
  content_encoding_unsupported: {
    status: 415,
    title: 'Content encoding not supported',
    detail:
      'Compressed bodies are not accepted, because the signature is about the bytes. Send the body without Content-Encoding.',
  },
  content_type_unsupported: {
    status: 415,
    title: 'Content type not supported',
    detail:
      'The provider of this source does not send this content type. Send one that it uses, in UTF-8, once.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    detail: 'The body is larger than BODY_LIMIT allows. Send less, or raise BODY_LIMIT.',
    closes: true,
  },
  signature_missing: {
    status: 401,
    title: 'Signature missing',
    detail:
      "The request carries no signature. Send the provider's signature header, and see that no proxy removes it.",
  },
  signature_invalid: {
    status: 401,
    title: 'Signature invalid',
    detail:
      'The signature is not one of this body by a secret of this source. Check that the secret is the one of this endpoint and that nothing changes the body on its way.',
  },
  timestamp_out_of_tolerance: {
    status: 401,
    title: 'Timestamp out of tolerance',
    detail:
      'The signature is right, but the time that it signs is too far from now. Send it again freshly signed, and check the clocks of both sides.',
  },
  storage_unavailable: {
    status: 503,
    title: 'Storage unavailable',
    detail: 'The database did not answer in time. Try again; a repeat does no harm.',
    retryAfter: 5,
  },
  storage_full: {
    status: 503,
    title: 'Storage full',
    detail: 'The database has no space left. Free or add space, then try again.',
    retryAfter: 60,
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    detail:
      'More is in flight than MAX_IN_FLIGHT, or the memory for bodies, allows. Try again later.',
    retryAfter: 1,
  },
  draining: {
    status: 503,
    title: 'Shutting down',
    detail: 'The service is shutting down. Try again; another process or the next start answers.',
    retryAfter: 5,
    closes: true,
  },
  verification_unavailable: {
    status: 503,
    title: 'Verification unavailable',
    detail:
      'What is needed to verify the signature could not be fetched from the provider in time. Try again later.',
    retryAfter: 30,
  },
  unauthorized: {
    status: 401,
    title: 'Not authorized',
    detail: 'Send the admin token: Authorization: Bearer <ADMIN_TOKEN>.',
  },
  bad_request: {
    status: 400,
    title: 'Bad request',
    detail: 'The request is not valid HTTP. Send it as RFC 9112 has it.',
    closes: true,
  },
  ambiguous_request: {
    status: 400,
    title: 'Ambiguous request',
    detail:
      'The request can be read in two ways. Send one Host header, and no Transfer-Encoding other than chunked.',
    closes: true,
  },
  request_timeout: {
    status: 408,
    title: 'Request timeout',
    detail: 'The request did not arrive completely in time. Send it again, faster.',
    closes: true,
  },
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    detail: 'The headers are larger than this service reads. Send fewer or smaller ones.',
    closes: true,
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    detail: 'Something failed in the service. The log has more under the id of this answer.',
  },
} satisfies Record<string, ProblemType>;

/** An authentic body that cannot be used, where the provider wants to be told so. */
const UNUSABLE = {
  invalid_json: {
    status: 400,
    title: 'Invalid JSON',
    detail: 'The body is not JSON. Send one JSON object.',
  },
  not_object: {
    status: 400,
    title: 'Not an object',
    detail: 'The body is JSON, but not an object. Send one JSON object.',
  },
  invalid_utf8: {
    status: 400,
    title: 'Invalid UTF-8',
    detail: 'The body is not UTF-8. Encode it as UTF-8.',
  },
  json_too_deep: {
    status: 400,
    title: 'JSON too deep',
    detail: 'The body is nested deeper than 64 levels. Send a flatter one.',
  },
  too_many_keys: {
    status: 400,
    title: 'Too many keys',
    detail: 'The body has more than 50,000 keys. Send a smaller one.',
  },
  duplicate_key: {
    status: 400,
    title: 'Duplicate key',
    detail: 'An object of the body names a key twice. Name each key once.',
  },
  number_out_of_range: {
    status: 400,
    title: 'Number out of range',
    detail: 'A number of the body is beyond what is kept exactly. Send integers up to 2^53-1.',
  },
  validation_failed: {
    status: 400,
    title: 'Validation failed',
    detail: 'Some values are missing, unknown or wrong. Correct those that errors names.',
  },
  unhandled_event_type: {
    status: 400,
    title: 'Unhandled event type',
    detail: 'This event type is not known here. Send one that the documentation lists.',
  },
  unknown_status: {
    status: 400,
    title: 'Unknown status',
    detail: 'The event states a status that is not known here. Send one that is documented.',
  },
  no_ref: {
    status: 400,
    title: 'No reference to a payment',
    detail: 'The event names no id of a payment. Send the id of the payment it is about.',
  },
  fetch_required: {
    status: 400,
    title: 'Content not included',
    detail: 'The event only points to its content. Have the provider send the content in it.',
  },
  amount_inexact: {
    status: 400,
    title: 'Amount inexact',
    detail:
      'The amount has more decimals than its currency. Send it exact to the minor unit of the currency.',
  },
  currency_unknown: {
    status: 400,
    title: 'Currency unknown',
    detail: 'The currency is not an ISO 4217 code. Send an active or withdrawn one.',
  },
  time_implausible: {
    status: 400,
    title: 'Time implausible',
    detail: 'The event states a time more than 24 hours ahead. Check the clock of the sender.',
  },
  id_invalid: {
    status: 400,
    title: 'Id invalid',
    detail: 'An id is empty, too long, or has a NUL or a lone surrogate. Send 1 to 255 characters.',
  },
  account_mismatch: {
    status: 400,
    title: 'Account mismatch',
    detail: 'The event is of another account than the source is bound to. Use a source for it.',
  },
  mode_mismatch: {
    status: 400,
    title: 'Mode mismatch',
    detail: 'The event is test where the source is bound to live, or the reverse.',
  },
  event_id_conflict: {
    status: 400,
    title: 'Event id conflict',
    detail:
      'Another event with this id was received before and says something else. Send a new id for each event.',
  },
} satisfies Record<QuarantineCode, ProblemType>;

/** Every code with its status and words. */
export const PROBLEMS = { ...EDGE, ...UNUSABLE };
export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemOptions {
  /** Instead of the detail of the table: what was wrong, where, and the cure. Seen by strangers. */
  readonly detail?: string;
  /** Besides those that the code brings, e.g. `{ Allow: 'POST' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly FieldError[];
  /** For the log only. */
  readonly cause?: unknown;
}

/** Thrown wherever a request cannot be served; the filter makes the answer. */
export class Problem extends HttpException {
  readonly code: ProblemCode;
  readonly title: string;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly FieldError[] | null;
  /** The connection is closed after the answer. */
  readonly closesConnection: boolean;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    const type: ProblemType = PROBLEMS[code];
    const detail = options.detail ?? type.detail;
    super(detail, type.status, { cause: options.cause });
    this.code = code;
    this.title = type.title;
    this.detail = detail;
    this.errors = options.errors ?? null;
    this.closesConnection = type.closes === true;
    this.headers = { ...headersOf(code, type), ...options.headers };
  }
}

function headersOf(code: ProblemCode, type: ProblemType): Record<string, string> {
  return {
    ...(type.retryAfter === undefined ? {} : { 'Retry-After': String(type.retryAfter) }),
    ...(code === 'unauthorized' ? { 'WWW-Authenticate': 'Bearer' } : {}),
    ...(type.closes ? { Connection: 'close' } : {}),
  };
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** The members of an RFC 9457 answer. `instance` is the id of the request. */
export function problemDocument(problem: Problem, instance: string) {
  return {
    type: `urn:payment-webhooks:${problem.code}`,
    title: problem.title,
    status: problem.getStatus(),
    detail: problem.detail,
    code: problem.code,
    instance,
    ...(problem.errors === null ? {} : { errors: problem.errors }),
  };
}
