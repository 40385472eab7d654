import { type RequestHandler } from 'express';
import { Problem } from '../operations/problem.js';

/**
 * Refuses what a proxy in front could read otherwise than we do: two Host headers, a transfer coding
 * beside chunked, or any in HTTP/1.0 (RFC 9112, 6.1); and what is no HTTP/1 because it has another
 * version, or no Host in 1.1. Node's parser refuses the rest of RFC 9112's ambiguities itself.
 */
export const refuseAmbiguous: RequestHandler = (request, _response, next) => {
  const { httpVersion } = request;
  // Node's parser also takes 0.9 and 2.0 for the version of such a request.
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw new Problem('bad_request');
  const coding = request.headers['transfer-encoding'];
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersion === '1.0')) {
    throw new Problem('ambiguous_request');
  }
  let hosts = 0;
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts > 1) throw new Problem('ambiguous_request');
  if (hosts === 0 && httpVersion === '1.1') throw new Problem('bad_request');
  next();
};
