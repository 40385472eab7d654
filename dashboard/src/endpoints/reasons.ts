const REASONS: Readonly<Record<string, string>> = {
  operator: 'by hand',
  unset: 'NOTIFY_URL is no longer set',
  failing: 'every attempt of three days has failed',
  gone: 'it answered 410',
};

/** Why an endpoint is paused or off, in words. */
export function reasonInWords(reason: string): string {
  return REASONS[reason] ?? reason;
}
