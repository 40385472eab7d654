import { type RequestHandler } from 'express';
import { Problem } from '../operations/problem.js';

/**
 * Refuses what a proxy in front could read otherwise than we do: two Host headers, or a transfer coding
 * beside chunked; and what is not HTTP/1.1 because it has no Host at all. Node's parser refuses the
 * rest of RFC 9112's ambiguities itself.
 */
export const refuseAmbiguous: RequestHandler = (request, _response, next) => {
  const coding = request.headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    throw new Problem('ambiguous_request');
  }
  let hosts = 0;
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts > 1) throw new Problem('ambiguous_request');
  if (hosts === 0 && request.httpVersion === '1.1') throw new Problem('bad_request');
  next();
};
