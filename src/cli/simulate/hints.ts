/** The usual causes of unexpected answers, each with its cure. */
import { FOREIGN_ANSWER } from './judge.js';
import { type Play } from './choose.js';

/** The code of a delivery of which not even the first answer was new. */
export const KNOWN_BEFORE = 'known_before';
/** The code of a delivery that was recorded more than once. */
export const RECORDED_AGAIN = 'recorded_again';

const SAME_CONFIGURATION =
  "Run the simulator in the server's working directory and with its environment, and restart the server after a change.";

type Hint = (play: Play) => string;

const notThere: Hint = ({ base }) =>
  `No server answers at ${base}. Start one with npm start, or name its address with --url.`;
const otherBinding: Hint = ({ source }) =>
  `The server binds the source ${source.name} to another account or mode than the configuration here. ${SAME_CONFIGURATION}`;
const wrongAddress: Hint = ({ base }) =>
  `Something else than this service answers at ${base}. --url takes the base address of the service, without /webhooks.`;
const tooMuch: Hint = () =>
  'The server is overloaded or its database is slow or away: see its log, or lower --rate.';

const HINTS = new Map<string, Hint>(
  Object.entries({
    ECONNREFUSED: notThere,
    ENOTFOUND: notThere,
    EAI_AGAIN: notThere,
    EHOSTUNREACH: notThere,
    ENETUNREACH: notThere,
    ECONNRESET: () => 'The server closed connections: see its log for a stop or a crash.',
    TIMEOUT: tooMuch,
    overloaded: tooMuch,
    storage_unavailable: tooMuch,
    storage_full: () => 'The disk of the database is full.',
    draining: () => 'The server is being stopped.',
    signature_invalid: ({ source }) =>
      `The server has another secret for ${source.name} than ${source.secrets[0]!.label} here. ${SAME_CONFIGURATION}`,
    signature_missing: () => 'Something between here and the server removes the signature header.',
    timestamp_out_of_tolerance: () =>
      'The clocks of this machine and of the server differ by more than TOLERANCE_SECONDS.',
    source_not_found: ({ source }) =>
      `The server has no source ${source.name}, or it is switched off there. ${SAME_CONFIGURATION}`,
    not_found: wrongAddress,
    method_not_allowed: wrongAddress,
    [FOREIGN_ANSWER]: wrongAddress,
    account_mismatch: otherBinding,
    mode_mismatch: otherBinding,
    event_id_conflict: () =>
      'These ids were sent before with other content: leave out --seed, or take the whole seed that was printed.',
    body_too_large: () => 'BODY_LIMIT of the server is below the size of these events.',
    [KNOWN_BEFORE]: () =>
      'The server had recorded these events before: this seed was already sent to it. Leave out --seed.',
    [RECORDED_AGAIN]: () =>
      'The server took a repetition for a new event. That is a defect of the service: please report it with the seed.',
  }),
);

/** Hints for the codes that occurred, each once. */
export function hintsFor(codes: Iterable<string>, play: Play): string[] {
  const hints = [...codes].map((code) => HINTS.get(code)?.(play));
  return [...new Set(hints.filter((hint) => hint !== undefined))];
}
