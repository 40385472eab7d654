import { type IncomingMessage } from 'node:http';
import { newId } from './ids.js';

const REQUEST_ID = Symbol('request id');

/**
 * The id of a request: UUID v7, always made here, since an id from outside could name another request
 * in the log. Made when it is first asked for.
 */
export function requestIdOf(request: IncomingMessage): string {
  const tagged = request as IncomingMessage & { [REQUEST_ID]?: string };
  return (tagged[REQUEST_ID] ??= newId());
}
