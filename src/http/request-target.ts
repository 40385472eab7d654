import { type RequestHandler } from 'express';
import { Problem } from '../operations/problem.js';

/** Scheme and authority of the absolute form (RFC 9112, 3.2.2). */
const ORIGIN = /^https?:\/\/[^/?#]*/i;

/**
 * Takes the absolute form for the path in it, and refuses a path whose percent signs cannot be decoded:
 * Express would answer 400 to it, although it only is an address at which nothing is.
 */
export const readTarget: RequestHandler = (request, _response, next) => {
  const origin = ORIGIN.exec(request.url);
  if (origin !== null) {
    const path = request.url.slice(origin[0].length);
    request.url = path.startsWith('/') ? path : `/${path}`;
    request.originalUrl = request.url;
  }
  if (!isDecodable(request.path)) throw new Problem('not_found');
  next();
};

function isDecodable(path: string): boolean {
  if (!path.includes('%')) return true;
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
