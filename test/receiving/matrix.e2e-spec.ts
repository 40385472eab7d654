/** Every source against the deliveries of every other one: only its own are authentic. */
import { PROVIDERS } from '../../src/providers/index.js';
import { createTestApplication, type TestApplication } from '../support/application.js';
import { createTestDirectory } from '../support/database.js';
import { expectProblem } from '../support/problems.js';
import { createSigner, type TestSigner } from '../support/signer.js';
import { unique } from '../support/signed.js';

interface SignedSource {
  readonly name: string;
  readonly signer: TestSigner;
}

describe('the matrix of sources', () => {
  let service: TestApplication;
  const sources: SignedSource[] = [];

  beforeAll(async () => {
    const directory = await createTestDirectory();
    // Two of each provider, so that the secret decides and not only the scheme.
    const file: object[] = [];
    const env: Record<string, string> = {};
    for (const provider of PROVIDERS) {
      const first = await createSigner(provider, directory);
      Object.assign(env, first.env);
      sources.push({ name: provider.name, signer: first });

      const second = await createSigner(provider, directory, 1);
      const name = `${provider.name}-2`;
      const { secret, options } = second;
      file.push({ name, provider: provider.name, secrets: [secret], options });
      sources.push({ name, signer: second });
    }
    service = await createTestApplication({ env, sources: file });
  });
  afterAll(() => service.close());

  const sampleOf = ({ signer }: SignedSource) =>
    signer.provider.scenarios.succeeded!({
      unique: unique(),
      now: Date.now(),
      options: signer.options,
      account: null,
      livemode: false,
    })[0]!;

  it('verifies on its diagonal only, and stores nothing else', async () => {
    for (const sender of sources) {
      const sample = sampleOf(sender);
      for (const receiver of sources) {
        if (receiver === sender) continue;
        // Signed for the address that it is sent to, and of the type that is taken there, so that
        // neither of them decides alone.
        const { body, headers } = sender.signer.sign(sample, receiver.name);
        const type = { 'Content-Type': receiver.signer.provider.contentTypes[0]! };
        const delivery = { body, headers: { ...headers, ...type } };
        const answer = await service.deliver(receiver.name, delivery);
        expect({ sender: sender.name, receiver: receiver.name, status: answer.status }).toEqual({
          sender: sender.name,
          receiver: receiver.name,
          status: 401,
        });
        const { code } = answer.body as { code: string };
        expectProblem(answer, 401, code);
        expect(['signature_missing', 'signature_invalid']).toContain(code);
      }
    }
    expect(await service.rows('SELECT 1 FROM deliveries')).toEqual([]);

    for (const source of sources) {
      const delivery = source.signer.sign(sampleOf(source), source.name);
      expect((await service.deliver(source.name, delivery)).status).toBe(200);
    }
    const stored = await service.rows<{ source: string }>('SELECT source FROM deliveries');
    expect(stored.map(({ source }) => source).sort()).toEqual(sources.map((s) => s.name).sort());
  });
});
