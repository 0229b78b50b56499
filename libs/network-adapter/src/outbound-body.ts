import type { Feature } from '@causeway/message-model';
import type { Plaintext } from '@causeway/platform';

/** A file by a link that the network fetches once; the link is as secret as the file. */
export interface MediaLink {
  readonly url: Plaintext;
  /** Media type without parameters. */
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly filename?: Plaintext;
}

/** Something the person can tap instead of writing. `text` is what the person sees on it. */
export type Suggestion =
  /** Comes back as {@link InboundMessage.suggestion}; `postback` is ours, opaque to the network. */
  | { readonly kind: 'reply'; readonly text: Plaintext; readonly postback: Plaintext }
  | { readonly kind: 'open-url'; readonly text: Plaintext; readonly postback: Plaintext; readonly url: Plaintext }
  /** `number` is E.164. */
  | { readonly kind: 'dial'; readonly text: Plaintext; readonly postback: Plaintext; readonly number: Plaintext }
  | { readonly kind: 'share-location'; readonly text: Plaintext; readonly postback: Plaintext };

/** A picture with words and things to tap; it has at least a title, a description or media. */
export interface Card {
  readonly title?: Plaintext;
  readonly description?: Plaintext;
  readonly media?: MediaLink;
  readonly suggestions?: readonly Suggestion[];
}

/**
 * What is handed to a network, already degraded to what the network declares it carries: an adapter translates it, and never chooses
 * words. `target` is the external id of the message it is about, as this network named it.
 */
export type OutboundBody =
  | { readonly kind: 'text'; readonly text: Plaintext }
  /** `emoji: null` takes the reaction back. */
  | { readonly kind: 'reaction'; readonly target: string; readonly emoji: Plaintext | null }
  | { readonly kind: 'edit'; readonly target: string; readonly text: Plaintext }
  | { readonly kind: 'delete'; readonly target: string }
  | { readonly kind: 'media'; readonly media: MediaLink; readonly caption?: Plaintext }
  | { readonly kind: 'card'; readonly card: Card }
  | { readonly kind: 'carousel'; readonly cards: readonly Card[] };

/** The feature a network must carry, `partial` at least, to be handed such a body. */
export const FEATURE_OF_BODY = {
  text: 'text',
  reaction: 'reaction',
  edit: 'edit',
  delete: 'delete',
  media: 'attachment',
  card: 'card',
  carousel: 'carousel',
} as const satisfies Record<OutboundBody['kind'], Feature>;

/** Every word in a body that a person typed and a text limit counts: its text, caption, titles and descriptions. */
export function textsOf(body: OutboundBody): readonly Plaintext[] {
  switch (body.kind) {
    case 'text':
    case 'edit':
      return [body.text];
    case 'media':
      return body.caption ? [body.caption] : [];
    case 'card':
      return textsOfCard(body.card);
    case 'carousel':
      return body.cards.flatMap(textsOfCard);
    case 'reaction':
    case 'delete':
      return [];
  }
}

const textsOfCard = ({ title, description }: Card): readonly Plaintext[] =>
  [title, description].filter((text) => text !== undefined);

/** Every file a body links to. */
export function mediaOf(body: OutboundBody): readonly MediaLink[] {
  switch (body.kind) {
    case 'media':
      return [body.media];
    case 'card':
      return body.card.media ? [body.card.media] : [];
    case 'carousel':
      return body.cards.flatMap(({ media }) => (media ? [media] : []));
    case 'text':
    case 'edit':
    case 'reaction':
    case 'delete':
      return [];
  }
}
