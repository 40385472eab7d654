/** Bytes of an answer that are read; where there are more, the connection is closed. */
const MAX_BYTES = 64 * 1024;
/** Bytes of an answer that are kept. */
export const KEPT_BYTES = 1024;

/**
 * Reads an answer as far as it is of interest, and ends it there.
 * @returns its first 1,024 bytes as text
 */
export async function readAnswer(body: AsyncIterable<Buffer>): Promise<string> {
  const kept: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    if (length < KEPT_BYTES) kept.push(chunk.subarray(0, KEPT_BYTES - length));
    length += chunk.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (length >= MAX_BYTES) break;
  }
  return storableText(Buffer.concat(kept));
}

/**
 * Text that Postgres can hold: of bytes that may be no UTF-8, may be cut in the middle of a character
 * (what is left of it is dropped) and may contain NUL.
 */
export function storableText(bytes: Buffer): string {
  return new TextDecoder().decode(bytes, { stream: true }).replaceAll('\0', '\u{fffd}');
}
