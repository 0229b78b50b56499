import type { ContentCard, ContentSuggestion, Degraded, InlineFile } from '@causeway/message-model';
import type { Card, MediaLink, OutboundBody, Suggestion } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';

/** Where a file in the clear waits for the carrier that fetches it: in memory, for minutes, to be opened once. */
export interface FileLinks {
  /** `undefined` while as much waits as may. Opens nothing from `notAfterMs` on, whatever its own minutes are. */
  make(file: InlineFile, notAfterMs?: number): MediaLink | undefined;
}

/**
 * What the adapter is handed: what `degrade` made of the message, word for word as its sender was shown it. `undefined` while there is no room
 * for its files; it goes later rather than without. A link is made per attempt: the last one may have been opened. `ref` is the attempt's: it
 * comes back with a suggestion that was tapped.
 */
export function buildOutboundBody(
  degraded: Exclude<Degraded, { kind: 'refused' }>,
  { links, ref }: { readonly links: FileLinks; readonly ref: string },
): OutboundBody | undefined {
  switch (degraded.kind) {
    case 'text':
      return { kind: 'text', text: new Plaintext(degraded.text) };
    case 'media': {
      const media = links.make(degraded.file);
      return (
        media && { kind: 'media', media, ...(degraded.text === '' ? {} : { caption: new Plaintext(degraded.text) }) }
      );
    }
    case 'cards':
      return bodyOfCards(degraded.cards, links, new Plaintext(ref));
  }
}

function bodyOfCards(cards: readonly ContentCard[], links: FileLinks, postback: Plaintext): OutboundBody | undefined {
  const made: Card[] = [];
  for (const { title, description, media, suggestions = [] } of cards) {
    const link = media && links.make(media);
    if (media && !link) return undefined;
    made.push({
      ...(title === undefined ? {} : { title: new Plaintext(title) }),
      ...(description === undefined ? {} : { description: new Plaintext(description) }),
      ...(link ? { media: link } : {}),
      ...(suggestions.length === 0 ? {} : { suggestions: suggestions.map((each) => suggestionOf(each, postback)) }),
    });
  }
  const [card] = made;
  return made.length === 1 && card ? { kind: 'card', card } : { kind: 'carousel', cards: made };
}

function suggestionOf(suggestion: ContentSuggestion, postback: Plaintext): Suggestion {
  const text = new Plaintext(suggestion.text);
  switch (suggestion.kind) {
    case 'open-url':
      return { kind: suggestion.kind, text, postback, url: new Plaintext(suggestion.url) };
    case 'dial':
      return { kind: suggestion.kind, text, postback, number: new Plaintext(suggestion.number) };
    case 'reply':
    case 'share-location':
      return { kind: suggestion.kind, text, postback };
  }
}
