/** What is most likely wrong with a request that was refused, in words for who set the source up. */
import { type Settings, type Source } from '../config/settings.js';
import { PROBLEMS } from '../operations/problem.js';
import { type Refusal } from '../webhooks/refusals.js';
import { type Sources } from '../webhooks/sources.js';

type What = Pick<Refusal, 'source' | 'code' | 'method' | 'contentType' | 'bodySize'>;

/** Says what is wrong and how it is cured, with the names of this configuration and without a value of it. */
export function hintFor(
  refusal: What,
  sources: Sources,
  settings: Pick<Settings, 'bodyLimit' | 'toleranceSeconds' | 'generated'>,
): string {
  const source = refusal.source === null ? undefined : sources.find(refusal.source);
  if (source === undefined || !source.enabled) return unknownSource(refusal, source, sources);
  const { provider } = source;
  const secret =
    settings.generated.secretOfSource === source.name
      ? 'the secret that the service made itself and prints at its start'
      : source.secrets.map(({ label }) => label).join(' or ');
  switch (refusal.code) {
    case 'signature_missing':
      return (
        `No signature of ${provider.title} came with it. See in its header names whether ${provider.title} ` +
        `sent it at all; if so, a proxy in between may remove its signature header. Have the proxy pass all headers on.`
      );
    case 'signature_invalid':
      return (
        `It is not signed with ${secret}. Most often that is the secret of another endpoint, or of the other ` +
        `mode (test or live). ${provider.secret.description} Set it and restart the service. If the secret is ` +
        `right, see that the console of ${provider.title} has exactly the address ${source.url}, and that no ` +
        `proxy changes the body: the signature is about its exact bytes.`
      );
    case 'timestamp_out_of_tolerance':
      return (
        `Its signature is right, but the time that was signed is more than ${settings.toleranceSeconds} seconds ` +
        `from the clock of this machine. Set the clock by NTP. If it was recorded and sent again, have ` +
        `${provider.title} send it anew; TOLERANCE_SECONDS widens the window.`
      );
    case 'verification_unavailable':
      return (
        `What is needed to verify it could not be had in time from ${provider.title}. See that this machine ` +
        `reaches it (firewall, proxy, DNS), and the log; ${provider.title} sends it again.`
      );
    case 'content_type_unsupported':
      return (
        `${provider.title} sends ${provider.contentTypes.join(' or ')} in UTF-8; this was ` +
        `${refusal.contentType ?? 'something else, or named twice'}. Choose that format in the console of ` +
        `${provider.title}, or send that Content-Type.`
      );
    case 'content_encoding_unsupported':
      return (
        `Its body is compressed. ${provider.title} signs the bytes as they are sent, so a proxy in between ` +
        `compresses them. Switch that off for /webhooks.`
      );
    case 'body_too_large':
      return (
        `Its body${refusal.bodySize === null ? '' : ` of ${refusal.bodySize} bytes`} is larger than BODY_LIMIT, ` +
        `which is ${settings.bodyLimit} bytes. Raise BODY_LIMIT if ${provider.title} sends such bodies.`
      );
    case 'method_not_allowed':
      return (
        `It was a ${refusal.method}; webhooks come by POST. That is no ${provider.title} but most often a ` +
        `browser, a monitor, or a redirect (http to https) that made a GET of a POST: give the console of ` +
        `${provider.title} the address after the redirect.`
      );
    default:
      return PROBLEMS[refusal.code].detail;
  }
}

function unknownSource(refusal: What, source: Source | undefined, sources: Sources): string {
  if (source !== undefined) {
    return `The source ${source.name} is switched off. Set "enabled": true in SOURCES_FILE and restart the service.`;
  }
  const enabled = sources.all.filter((candidate) => candidate.enabled);
  const there =
    enabled.length === 0
      ? 'No source is configured: set the secret variable of a provider, e.g. GENERIC_WEBHOOK_SECRET, and restart the service.'
      : `These are: ${enabled.map(({ name, url }) => `${name} at ${url}`).join(', ')}.`;
  const what =
    refusal.source === null
      ? 'Its address is not one of a source.'
      : `No source ${refusal.source} is configured.`;
  return `${what} ${there}`;
}
