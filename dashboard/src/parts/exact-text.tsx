import { Code, ScrollArea } from '@mantine/core';

/** Text as it is, in a frame of its own that is scrolled. */
export function ExactText({ label, children }: { label: string; children: string }) {
  return (
    <ScrollArea.Autosize
      mah={480}
      viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}
    >
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {children}
      </Code>
    </ScrollArea.Autosize>
  );
}
