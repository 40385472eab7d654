import { type RequestHandler } from 'express';

/**
 * Handlers one after the other, as a single layer of the router: what Express does around each of its
 * layers costs more than most of these do themselves.
 */
export function asOne(...handlers: readonly RequestHandler[]): RequestHandler {
  return (request, response, next) => {
    const from = (place: number): void => {
      const handler = handlers[place];
      if (handler === undefined) next();
      else {
        void handler(request, response, (error?: unknown) => {
          if (error === undefined) from(place + 1);
          else next(error);
        });
      }
    };
    from(0);
  };
}
