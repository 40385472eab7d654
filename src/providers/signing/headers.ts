/** The rules that every signature header obeys, whoever signs. */
import { type SignedRequest } from '../provider.js';

const MAX_HEADER_LENGTH = 1024;
/** Rotation needs two; more than these are an attempt to make us compute. */
export const MAX_SIGNATURES = 8;

export type SignatureHeader =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly code: 'signature_missing' | 'signature_invalid' };

/**
 * The value of a header that must stand exactly once. Absent or empty is `signature_missing`; sent
 * twice, or longer than 1 KB, is `signature_invalid`: joined values would let a second header
 * bring its own signature.
 */
export function signatureHeader(request: SignedRequest, name: string): SignatureHeader {
  const values = request.headerValues(name);
  const value = values[0] ?? '';
  if (values.length > 1 || value.length > MAX_HEADER_LENGTH) {
    return { ok: false, code: 'signature_invalid' };
  }
  if (value.trim() === '') return { ok: false, code: 'signature_missing' };
  return { ok: true, value };
}

/** Seconds since the epoch as digits only, at most 12 of them; null for any other text. */
export function parseUnixSeconds(text: string): number | null {
  return /^\d{1,12}$/.test(text) ? Number(text) : null;
}

/**
 * Whether a signed time lies within the window around now, in whole seconds, in both directions and
 * with both ends: of 300, 300 s ago is inside and 301 s ahead is not. 0 admits the current second
 * only; it does not switch the check off.
 */
export function withinTolerance(
  signedSeconds: number,
  nowMs: number,
  toleranceSeconds: number,
): boolean {
  return Math.abs(Math.floor(nowMs / 1000) - signedSeconds) <= toleranceSeconds;
}
