const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** A moment in the reader's zone; the tooltip has it in UTC, as the API has it. */
export function Time({ at }: { at: string | null }) {
  if (at === null) return <>not stated</>;
  return (
    <time dateTime={at} title={at} style={{ whiteSpace: 'nowrap' }}>
      {FORMAT.format(new Date(at))}
    </time>
  );
}

/** How long ago, in the greatest unit that fits: `3 min ago`. */
export function Ago({ seconds }: { seconds: number }) {
  return <>{`${duration(Math.max(0, seconds))} ago`}</>;
}

export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
