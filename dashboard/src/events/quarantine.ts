import type { QuarantineCode } from '../../../src/providers/provider.js';

/** What a quarantined event lacks, and the cure, for whoever operates the service. */
export const QUARANTINE_WORDS: Readonly<Record<QuarantineCode, string>> = {
  invalid_json: 'The body is not JSON. The sender has to mend it.',
  not_object: 'The body is JSON, but not an object. The sender has to mend it.',
  invalid_utf8: 'The body is not UTF-8. The sender has to mend it.',
  json_too_deep: 'The body is nested deeper than 64 levels.',
  too_many_keys: 'The body has more than 50,000 keys.',
  duplicate_key: 'An object of the body names a key twice, so it can be read in two ways.',
  number_out_of_range: 'An amount is larger than can be kept exactly (2^53-1 minor units).',
  validation_failed: 'A field is missing or is not what the provider documents.',
  unhandled_event_type: 'The generic contract does not know this event type.',
  unknown_status:
    'The provider states a status that is not known here. Update the service, then replay.',
  no_ref: 'The event names no payment.',
  fetch_required: 'The event only points to its content. Have the provider send the content in it.',
  amount_inexact: 'The amount has more decimals than its currency.',
  currency_unknown: 'The currency is not one of ISO 4217.',
  time_implausible:
    'The event states a time more than 24 hours ahead. Check the clock of its sender.',
  id_invalid: 'An id is empty, longer than 255 characters, or holds a character that no id has.',
  account_mismatch:
    'The event is of another account than the source is bound to. Make a source for that account, or mend the binding, then replay.',
  mode_mismatch:
    'A test event came to a source that is bound to live, or the reverse. Give each mode a source of its own.',
  event_id_conflict:
    'Another event with the same id was received before and says something else. The first one counts.',
};
