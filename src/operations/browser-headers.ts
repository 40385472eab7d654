import { type RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Security headers for what a browser may show. The webhooks are left out: no browser calls them,
 * and every microsecond there is a provider's.
 */
export function browserHeaders(): RequestHandler {
  const secure = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Swagger UI sets styles from its scripts and has its icons in its style sheet.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Whether the address is reached by TLS only is known to the proxy in front, not here.
    strictTransportSecurity: false,
  });
  return (request, response, next) => {
    if (request.path.startsWith('/webhooks/')) next();
    else secure(request, response, next);
  };
}
