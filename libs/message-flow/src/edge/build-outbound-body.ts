import type { Degraded, InlineFile } from '@causeway/message-model';
import type { MediaLink, OutboundBody } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';

/** Where a file in the clear waits for the carrier that fetches it: in memory, for minutes, to be opened once. */
export interface FileLinks {
  /** `undefined` while as much waits as may. */
  make(file: InlineFile): MediaLink | undefined;
}

/**
 * What the adapter is handed: what `degrade` made of the message, word for word as its sender was shown it. `undefined` while there is no room
 * for its file; it goes later rather than without. A link is made per attempt: the last one may have been opened.
 */
export function buildOutboundBody(
  degraded: Exclude<Degraded, { kind: 'refused' }>,
  links: FileLinks,
): OutboundBody | undefined {
  const text = new Plaintext(degraded.text);
  if (degraded.kind === 'text') return { kind: 'text', text };
  const media = links.make(degraded.file);
  return media && { kind: 'media', media, ...(degraded.text === '' ? {} : { caption: text }) };
}
