import { createHmac } from 'node:crypto';
import { type SignedRequest, type VerificationContext } from '../provider.js';
import { type TimedSignatures, verifyTimedSignatures } from './timed-signatures.js';

const SECONDS = 1_700_000_000;
const SECRET = 'the whole secret_as text';
const BODY = Buffer.from('{"a":1}');

const scheme: TimedSignatures = {
  header: 'x-signature',
  separator: ';',
  time: 'ts',
  signature: 'h1',
  joint: ':',
};

const context: VerificationContext = {
  secrets: [
    { label: 'KEY', value: 'another secret' },
    { label: 'KEY#2', value: SECRET },
  ],
  options: {},
  toleranceSeconds: 300,
  now: SECONDS * 1000,
  url: 'https://example.com/webhooks/x',
};

/** As the scheme has it, by Node alone. */
function sign(time: string | number, { secret = SECRET, joint = ':', body = BODY } = {}): string {
  return createHmac('sha256', secret).update(`${time}${joint}`).update(body).digest('hex');
}

function verify(values: string | string[], changes: Partial<VerificationContext> = {}) {
  const request: SignedRequest = {
    body: BODY,
    headerValues: (name) => (name === 'x-signature' ? [values].flat() : []),
  };
  return verifyTimedSignatures(scheme, request, { ...context, ...changes });
}

const good = sign(SECONDS);
const bad = 'f'.repeat(64);
const authentic = { authentic: true, verifiedWith: 'KEY#2' };
const refused = (code: string) => ({ authentic: false, code });

describe('a header with a time and signatures', () => {
  it.each([
    ['one signature', `ts=${SECONDS};h1=${good}`],
    ['the time last', `h1=${good};ts=${SECONDS}`],
    ['the good one of two', `ts=${SECONDS};h1=${bad};h1=${good}`],
    ['items of other names', `v-0=x;ts=${SECONDS};h1=${good};h10=${bad};xts=1;k_2==;hh=%!`],
  ])('is authentic with %s', (_, header) => {
    expect(verify(header)).toEqual(authentic);
  });

  it.each([
    ['that is absent', [], 'signature_missing'],
    ['that is empty', [''], 'signature_missing'],
    ['that stands twice', Array<string>(2).fill(`ts=${SECONDS};h1=${good}`), 'signature_invalid'],
  ])('%s is refused', (_, values, code) => {
    expect(verify(values)).toEqual(refused(code));
  });

  it.each([
    ['no time', `h1=${good}`],
    ['two times', `ts=${SECONDS};ts=${SECONDS};h1=${good}`],
    ['an empty time', `ts=;h1=${sign('')}`],
    ['a time with a leading zero', `ts=0${SECONDS};h1=${good}`],
    ['a time with a sign', `ts=+${SECONDS};h1=${good}`],
    ['a time with a fraction', `ts=${SECONDS}.0;h1=${good}`],
    ['a time in words', `ts=now;h1=${sign('now')}`],
    ['no signature', `ts=${SECONDS}`],
    ['an empty signature', `ts=${SECONDS};h1=`],
    ['a bad signature', `ts=${SECONDS};h1=${bad}`],
    ['a signature of another name', `ts=${SECONDS};h0=${good}`],
    ['one that is none beside a good one', `ts=${SECONDS};h1=${good};h1=zz`],
    ['one that is longer beside a good one', `ts=${SECONDS};h1=${good};h1=${bad}0`],
    ['one that is longer in front beside a good one', `ts=${SECONDS};h1=${good};h1=g${bad}`],
    ['upper case', `ts=${SECONDS};h1=${good.toUpperCase()}`],
    ['another separator', `ts=${SECONDS},h1=${good}`],
    ['a space after the separator', `ts=${SECONDS}; h1=${good}`],
    ['a space at the end', `ts=${SECONDS};h1=${good} `],
    ['a space in a value', `ts=${SECONDS};h1=${good};x=a b`],
    ['an item without a name', `ts=${SECONDS};h1=${good};=x`],
    ['an item without =', `ts=${SECONDS};h1=${good};x`],
    ['an empty item', `ts=${SECONDS};h1=${good};`],
    ['a name that is none', `ts=${SECONDS};h1=${good};a.b=x`],
    ['another joint', `ts=${SECONDS};h1=${sign(SECONDS, { joint: '.' })}`],
    ['the signature of another time', `ts=${SECONDS};h1=${sign(SECONDS + 1)}`],
    [
      'the signature of another body',
      `ts=${SECONDS};h1=${sign(SECONDS, { body: Buffer.from('{}') })}`,
    ],
    ['the signature of another secret', `ts=${SECONDS};h1=${sign(SECONDS, { secret: 'third' })}`],
  ])('is invalid with %s', (_, header) => {
    expect(verify(header)).toEqual(refused('signature_invalid'));
  });

  it('is read up to eight signatures, and no further', () => {
    const seven = `ts=${SECONDS};${`h1=${bad};`.repeat(7)}`;
    expect(verify(`${seven}h1=${good}`)).toEqual(authentic);
    expect(verify(`${seven}h1=${bad};h1=${good}`)).toEqual(refused('signature_invalid'));
  });

  it.each([300, -300])('is authentic %i s from now', (away) => {
    expect(verify(`ts=${SECONDS + away};h1=${sign(SECONDS + away)}`)).toEqual(authentic);
  });

  it.each([301, -301])('is out of time %i s from now, which only who can sign is told', (away) => {
    const time = SECONDS + away;
    const late = refused('timestamp_out_of_tolerance');
    expect(verify(`ts=${time};h1=${sign(time)}`)).toEqual(late);
    expect(verify(`ts=${time};h1=${bad}`)).toEqual(refused('signature_invalid'));
  });
});
