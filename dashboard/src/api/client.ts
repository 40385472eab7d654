import type { ProblemDto } from '../../../src/operations/problem.dto.js';
import { token } from '../session/token.js';
import { readAnswer } from './json.js';

/** What the API answered instead of what was asked for. `message` has what was wrong and the cure. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly fields: readonly { field: string; message: string }[] = [],
  ) {
    super(detail);
  }
}

/** GET of a path below /api, read as JSON. */
export async function get<T>(path: string): Promise<T> {
  return readAnswer<T>(await (await request(path)).text());
}

/** GET of the exact bytes. */
export async function getBytes(path: string): Promise<Blob> {
  return (await request(path)).blob();
}

/** A call that changes something; its answer is JSON, or nothing. */
export async function send<T>(method: string, path: string, body?: object): Promise<T> {
  const content =
    body === undefined
      ? {}
      : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const text = await (await request(path, { method, ...content })).text();
  return (text === '' ? undefined : readAnswer(text)) as T;
}

/** A call that is answered by NDJSON. */
export async function sendForLines<T>(method: string, path: string): Promise<T[]> {
  const text = await (await request(path, { method })).text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => readAnswer<T>(line));
}

/** Asks whether a token is the right one, without keeping it. */
export async function checkToken(value: string): Promise<void> {
  await request('session', {}, value);
}

async function request(
  path: string,
  init: RequestInit = {},
  bearer: string | null = token.get(),
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (bearer !== null) headers.set('Authorization', `Bearer ${bearer}`);
  const response = await fetch(`/api/${path}`, { ...init, headers }).catch(() => {
    throw new ApiError(0, 'No answer', 'The service did not answer. Does it run?');
  });
  if (response.ok) return response;
  // The token was changed, or is not there: ask for it again.
  if (response.status === 401) token.clear();
  throw await errorOf(response);
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  if (!(response.headers.get('Content-Type') ?? '').includes('problem+json')) {
    return new ApiError(response.status, `Status ${response.status}`, text.slice(0, 300));
  }
  const { status, title, detail, errors } = JSON.parse(text) as ProblemDto;
  return new ApiError(status, title, detail, errors);
}
