import { type RequestHandler } from 'express';

/** Bytes of a body that Node may read and drop after its answer, so that the connection can be kept. */
const LITTLE = 64 * 1024;

/**
 * Closes the connection after an answer that did not wait for a body whose end is far or unknown. Node
 * would read on, as fast as it comes, until the request is too old.
 */
export const dropUnread: RequestHandler = (request, response, next) => {
  const { 'transfer-encoding': coding, 'content-length': length } = request.headers;
  if (coding !== undefined || Number(length ?? 0) > LITTLE) {
    response.once('finish', () => {
      if (!request.complete) request.socket.destroySoon();
    });
  }
  next();
};
