import { EndpointSecrets, SealedSecretError } from './endpoint-secrets.js';

const KEY = 'key-of-the-tests-0123456789-abcdef';
const OTHER_KEY = 'another-key-of-the-tests-0123456789';
const ENDPOINT = '01900000-0000-7000-8000-000000000001';
const OTHER_ENDPOINT = '01900000-0000-7000-8000-000000000002';
const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

const withKeys = (...encryptionKeys: string[]) => new EndpointSecrets({ encryptionKeys });

describe('EndpointSecrets', () => {
  it('makes secrets of 32 random bytes', () => {
    const secret = withKeys().generate((bytes) => Buffer.alloc(bytes, 7));
    expect(secret).toBe(`whsec_${Buffer.alloc(32, 7).toString('base64')}`);
    expect(withKeys().generate()).not.toBe(withKeys().generate());
  });

  it('stores a secret as it is without a key', () => {
    expect(withKeys().seal(SECRET, ENDPOINT)).toBe(SECRET);
    expect(withKeys().open(SECRET, ENDPOINT)).toBe(SECRET);
    expect(withKeys().isStale(SECRET, ENDPOINT)).toBe(false);
  });

  it('seals with a key, each time anew, and opens what it sealed', () => {
    const secrets = withKeys(KEY);
    const sealed = secrets.seal(SECRET, ENDPOINT);
    expect(sealed).toMatch(/^sealed:v1:[A-Za-z0-9+/]+=*$/);
    expect(sealed).not.toContain(SECRET.slice(6));
    expect(secrets.seal(SECRET, ENDPOINT)).not.toBe(sealed);
    expect(secrets.open(sealed, ENDPOINT)).toBe(SECRET);
    expect(secrets.isStale(sealed, ENDPOINT)).toBe(false);
  });

  it('still opens what was stored before there was a key, and wants it sealed', () => {
    expect(withKeys(KEY).open(SECRET, ENDPOINT)).toBe(SECRET);
    expect(withKeys(KEY).isStale(SECRET, ENDPOINT)).toBe(true);
  });

  it('opens by any key and seals by the first', () => {
    const old = withKeys(OTHER_KEY).seal(SECRET, ENDPOINT);
    const both = withKeys(KEY, OTHER_KEY);
    expect(both.open(old, ENDPOINT)).toBe(SECRET);
    expect(both.isStale(old, ENDPOINT)).toBe(true);
    const renewed = both.seal(both.open(old, ENDPOINT), ENDPOINT);
    expect(withKeys(KEY).open(renewed, ENDPOINT)).toBe(SECRET);
  });

  it('opens a secret that was sealed by an earlier version', () => {
    const sealed =
      'sealed:v1:CQkJCQkJCQkJCQkJD4eUqFUfUEWQLQGHNJWhRx8N/H6KBrR3vfNMgyDUKWLzOF2AvTv9DjsWVjJg3+vTcF741s8T';
    expect(withKeys(KEY).open(sealed, ENDPOINT)).toBe(SECRET);
  });

  it.each([
    ['without a key', withKeys(), ENDPOINT],
    ['by another key', withKeys(OTHER_KEY), ENDPOINT],
    ['for another endpoint', withKeys(KEY), OTHER_ENDPOINT],
  ])('does not open a sealed secret %s, and names ENCRYPTION_KEY', (_, secrets, endpoint) => {
    const sealed = withKeys(KEY).seal(SECRET, ENDPOINT);
    expect(() => secrets.open(sealed, endpoint)).toThrow(SealedSecretError);
    expect(() => secrets.open(sealed, endpoint)).toThrow(/ENCRYPTION_KEY/);
  });

  it('opens no byte that was changed, and nothing that was cut', () => {
    const secrets = withKeys(KEY);
    const bytes = Buffer.from(secrets.seal(SECRET, ENDPOINT).slice('sealed:v1:'.length), 'base64');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      for (const broken of [changed, bytes.subarray(0, at)]) {
        const stored = `sealed:v1:${broken.toString('base64')}`;
        expect(() => secrets.open(stored, ENDPOINT)).toThrow(SealedSecretError);
      }
    }
  });
});
