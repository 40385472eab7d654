/** What somebody can do who has seen one delivery of PayPal's: it signs a body's CRC-32 alone. */
import { plainCrc32 } from './certificates.js';

/** Enough characters, each this or that, for any checksum: 32 that do different things to it. */
const SPARE = 64;
const THIS = 'A';
const THAT = 'C'.charCodeAt(0);

/** What turning some of the spare characters does to the checksum. */
interface Turning {
  readonly effect: number;
  /** A bit for each character. */
  readonly turned: bigint;
}

/** The text of a JSON object with a further field, by which it has this CRC-32. */
export function withChecksum(object: string, checksum: number): Buffer<ArrayBuffer> {
  const spare = THIS.repeat(SPARE);
  const text = `${object.slice(0, -1)},"x":"${spare}"}`;
  const body = Buffer.from(text);
  const start = body.lastIndexOf(spare);
  const before = plainCrc32(body);

  // CRC-32 is linear: what each character does alone adds up by XOR. Hence Gauss's elimination.
  const basis: Turning[] = [];
  for (let i = 0; i < SPARE; i += 1) {
    const turned = Buffer.from(body);
    turned[start + i] = THAT;
    const rest = reduce(basis, { effect: plainCrc32(turned) ^ before, turned: 1n << BigInt(i) });
    if (rest.effect !== 0) basis.push(rest);
  }
  const { effect, turned } = reduce(basis, { effect: before ^ checksum, turned: 0n });
  if (effect !== 0) throw new Error(`no body of this form has the checksum ${checksum}`);
  for (let i = 0; i < SPARE; i += 1) if ((turned >> BigInt(i)) & 1n) body[start + i] = THAT;
  return body;
}

function reduce(basis: readonly Turning[], turning: Turning): Turning {
  return basis.reduce((rest, one) => {
    const leading = 31 - Math.clz32(one.effect);
    return (rest.effect >>> leading) & 1
      ? { effect: rest.effect ^ one.effect, turned: rest.turned ^ one.turned }
      : rest;
  }, turning);
}
