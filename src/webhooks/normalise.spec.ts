import { fakeProvider } from '../../test/support/fake-provider.js';
import { type Source } from '../config/settings.js';
import { type Provider } from '../providers/provider.js';
import { normalise, sha256 } from './normalise.js';

const body = Buffer.from('{"a":1}');
const bytes = { body, bodySha256: sha256(body), headers: {}, receivedAt: new Date() };

function sourceOf(normaliser: Provider['normalise']): Source {
  return {
    name: 'fake',
    provider: fakeProvider('fake', { normalise: normaliser }),
    secrets: [],
    account: null,
    livemode: null,
    enabled: true,
    options: {},
    optionsHash: '',
    url: 'http://localhost/webhooks/fake',
  };
}

describe('what is authentic is stored, whatever a normaliser does with it', () => {
  it('quarantines a body whose normaliser throws, and tells of the fault', () => {
    const fault = new Error('a bug');
    const faults: unknown[] = [];
    const source = sourceOf(() => {
      throw fault;
    });
    expect(normalise(source, bytes, (error) => faults.push(error))).toMatchObject([
      {
        eventId: bytes.bodySha256,
        meaning: { status: 'quarantined', code: 'validation_failed' },
      },
    ]);
    expect(faults).toEqual([fault]);
  });

  it('makes one ignored event of a body without events', () => {
    expect(
      normalise(
        sourceOf(() => []),
        bytes,
      ),
    ).toMatchObject([{ eventId: bytes.bodySha256, meaning: { status: 'ignored' } }]);
  });
});
