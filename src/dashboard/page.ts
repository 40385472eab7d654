import { existsSync } from 'node:fs';
import path from 'node:path';
import { type INestApplication } from '@nestjs/common';
import express, { type RequestHandler, type Response } from 'express';
import { Problem } from '../operations/problem.js';

/** Where `npm run build` puts the page; the same for the sources and for what is built of them. */
const BUILT_PAGE = path.join(import.meta.dirname, '..', '..', 'dashboard', 'dist');

/** Serves the dashboard at /dashboard. Anybody may have the page: what it shows is asked of /api with the token. */
export function mountDashboard(app: INestApplication): void {
  app.use('/dashboard', dashboardPage(BUILT_PAGE));
}

/**
 * Serves a built page: its files, and for the addresses that it makes itself its index.html.
 * @param directory absolute; it may be missing, which is then said
 */
export function dashboardPage(directory: string): RequestHandler {
  const index = path.join(directory, 'index.html');
  const files = express.static(directory, {
    index: false,
    redirect: false,
    setHeaders: (response: Response, file) => cacheFor(response, path.relative(directory, file)),
  });
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new Problem('method_not_allowed', { headers: { Allow: 'GET, HEAD' } });
    }
    if (!existsSync(index)) throw notBuilt();
    if (isAddressOfPage(request.path)) {
      cacheFor(response, 'index.html');
      response.sendFile(index, (error?: Error) => {
        if (error) next(error);
      });
      return;
    }
    files(request, response, (error?: unknown) => {
      next(error ?? new Problem('not_found'));
    });
  };
}

/** A file has a dot in its name; what the page calls its own addresses has none. */
function isAddressOfPage(pathname: string): boolean {
  return !pathname.slice(pathname.lastIndexOf('/')).includes('.');
}

/** A file of assets/ has its hash in its name and never changes; what names it must always be fresh. */
function cacheFor(response: Response, file: string): void {
  const immutable = file.startsWith(`assets${path.sep}`);
  response.set('Cache-Control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
}

function notBuilt(): Problem {
  return new Problem('not_found', {
    detail: 'The dashboard is not built. Run npm run build, and load this page again.',
  });
}
