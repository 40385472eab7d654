/** What the simulator signs with. */
import path from 'node:path';
import { type Source } from '../../config/settings.js';
import { UsageError } from '../command-line.js';

/**
 * The first secret of the source, with a key that the simulator makes and keeps in `directory` where
 * the provider signs with one that only it has.
 *
 * @throws {UsageError} where the server does not trust that key, with the settings by which it would
 */
export async function signingKeyOf(
  { provider, secrets, options }: Source,
  directory: string,
): Promise<{ secret: string; key: string | null }> {
  const secret = secrets[0]!.value;
  const made = await provider.signingKey?.(path.join(directory, provider.name), {
    secret,
    options,
  });
  if (!made) return { secret, key: null };

  const settings: string[] = [];
  if (made.secret !== undefined && made.secret !== secret) {
    settings.push(`${provider.secret.variable}=${made.secret}`);
  }
  for (const { name, variable } of provider.options) {
    const wanted = made.options?.[name];
    if (wanted !== undefined && options[name] !== wanted) settings.push(`${variable}=${wanted}`);
  }
  if (settings.length === 0) return { secret, key: made.key };
  throw new UsageError(
    `${provider.title} signs with a key that only it has, so the simulator made one of its own. ` +
      'To have the server trust it, which is for trying only, restart it with\n\n' +
      `${settings.map((setting) => `  ${setting}\n`).join('')}\nand run this again.`,
  );
}
