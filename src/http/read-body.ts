import { type IncomingMessage, type ServerResponse } from 'node:http';
import { Problem } from '../operations/problem.js';

/**
 * Refuses a body before its first byte where Content-Length says that it is larger than `limit` bytes.
 * @throws {Problem} body_too_large
 */
export function checkDeclaredSize(request: IncomingMessage, limit: number): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new Problem('body_too_large');
}

/**
 * Reads a body of at most `limit` bytes, as it came: nothing is decompressed or parsed. A larger one is
 * refused as soon as the limit is passed; no more is read then. (body-parser reads to the end before it
 * answers 413.)
 * @param hold is told of the bytes as they come, and answers why they cannot be kept, or null
 * @throws {Problem} body_too_large, or what `hold` answers
 * @throws {BodyAborted} the client went away
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  limit: number,
  hold: (bytes: number) => Problem | null,
): Promise<Buffer> {
  if (/\b100-continue\b/i.test(request.headers.expect ?? '')) response.writeContinue();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      const problem = size > limit ? new Problem('body_too_large') : hold(chunk.length);
      if (problem === null) {
        chunks.push(chunk);
      } else {
        request.off('data', onData).pause();
        reject(problem);
      }
    };
    // The listeners stay: to take them away again costs more than that they are called at the close.
    let ended = false;
    const onEnd = () => {
      ended = true;
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
    };
    const onGone = () => {
      if (!ended) reject(new BodyAborted());
    };
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

/** The client went away before its body was complete; there is nobody to answer. */
export class BodyAborted extends Error {
  constructor() {
    super('the client closed the connection before its body was complete');
  }
}
