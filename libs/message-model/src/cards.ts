import { decodeExactCbor, encodeCbor, toBytes, utf8, type Bytes } from './bytes.js';
import { buildContent, type ContentHeader, type InlineFile } from './build-content.js';
import { CausewayError } from './causeway-error.js';
import { DISPOSITION, MEDIA_TYPE, type MimiContent, type NestedPart } from './content.js';
import { demand, isList, malformed } from './malformed-content.js';
import { mediaTypeOf } from './media-type.js';

/** Something to tap instead of writing; `text` is what stands on it. */
export type ContentSuggestion =
  /** Comes back as a reply with its text. */
  | { readonly kind: 'reply'; readonly text: string }
  | { readonly kind: 'open-url'; readonly text: string; readonly url: string }
  /** `number` is E.164. */
  | { readonly kind: 'dial'; readonly text: string; readonly number: string }
  | { readonly kind: 'share-location'; readonly text: string };

/** A picture with words and things to tap; it has at least a title, a description or a picture. */
export interface ContentCard {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly media?: InlineFile | undefined;
  readonly suggestions?: readonly ContentSuggestion[] | undefined;
}

/** What a network for cards takes (RCS for Business, guides "rich cards"), so that a card that can be made can be carried. UTF-16 units. */
export const CARD_LIMITS = {
  cards: 10,
  suggestions: 4,
  titleCharacters: 200,
  descriptionCharacters: 2_000,
  suggestionCharacters: 25,
  urlCharacters: 2_048,
} as const;

/**
 * One card, or several side by side, with the same said in words: alternatives, of which every program shows one. `fallback` is made from
 * the cards unless it is given. Throws `CausewayError('malformed-content')` beyond the limits.
 */
export function cardsContent(
  input: ContentHeader & { readonly cards: readonly ContentCard[]; readonly fallback?: string | undefined },
): MimiContent {
  const { cards, language = '' } = input;
  const words = utf8(input.fallback ?? cardsAsText(cards));
  const part: NestedPart = {
    kind: 'multi',
    disposition: DISPOSITION.render,
    language,
    semantics: 'chooseOne',
    parts: [
      { kind: 'single', disposition: DISPOSITION.render, language, contentType: MEDIA_TYPE.plain, content: words },
      {
        kind: 'single',
        disposition: DISPOSITION.render,
        language,
        contentType: MEDIA_TYPE.cards,
        content: encodeCards(cards),
      },
    ],
  };
  return buildContent(input, null, part);
}

/** The cards a message offers beside its words; `undefined` when it has none that can be read. */
export function cardsOf({ part }: Pick<MimiContent, 'part'>): readonly ContentCard[] | undefined {
  if (part.kind !== 'multi' || part.semantics !== 'chooseOne') return undefined;
  for (const each of part.parts) {
    if (each.kind !== 'single' || mediaTypeOf(each.contentType) !== MEDIA_TYPE.cards) continue;
    try {
      return decodeCards(each.content);
    } catch (error) {
      if (error instanceof CausewayError) return undefined;
      throw error;
    }
  }
  return undefined;
}

/** Cards in words, for networks and programs that know none: nothing of them is left out, files are named. */
export function cardsAsText(cards: readonly ContentCard[]): string {
  return cards.map(cardAsText).join('\n\n');
}

function cardAsText({ title, description, media, suggestions = [] }: ContentCard): string {
  const replies = suggestions.flatMap((each) => (each.kind === 'reply' ? [each.text] : []));
  return [
    title,
    description,
    media && `[Attachment not included: ${mediaTypeOf(media.contentType)}]`,
    ...suggestions.map(actionAsText),
    replies.length > 0 ? `Reply: ${replies.join(' / ')}` : undefined,
  ]
    .filter((line) => line !== undefined && line !== '')
    .join('\n');
}

function actionAsText(suggestion: ContentSuggestion): string | undefined {
  switch (suggestion.kind) {
    case 'reply':
      return undefined;
    case 'open-url':
      return `${suggestion.text}: ${suggestion.url}`;
    case 'dial':
      return `${suggestion.text}: ${suggestion.number}`;
    case 'share-location':
      return `${suggestion.text}: answer with where you are`;
  }
}

/** One array per card: title, description, picture, suggestions; absent is null. Read back, so that both directions know one set of rules. */
export function encodeCards(cards: readonly ContentCard[]): Bytes {
  const encoded = encodeCbor(
    cards.map(({ title, description, media, suggestions = [] }) => [
      title ?? null,
      description ?? null,
      media ? [media.contentType, toBytes(media.content)] : null,
      suggestions.map(suggestionFields),
    ]),
  );
  decodeCards(encoded);
  return encoded;
}

function suggestionFields(suggestion: ContentSuggestion): readonly string[] {
  switch (suggestion.kind) {
    case 'open-url':
      return [suggestion.kind, suggestion.text, suggestion.url];
    case 'dial':
      return [suggestion.kind, suggestion.text, suggestion.number];
    case 'reply':
    case 'share-location':
      return [suggestion.kind, suggestion.text];
  }
}

/** Throws `CausewayError('malformed-content')` for what is not within {@link CARD_LIMITS}. */
export function decodeCards(bytes: Uint8Array): readonly ContentCard[] {
  let value: unknown;
  try {
    value = decodeExactCbor(bytes);
  } catch {
    throw malformed('the cards are not deterministic CBOR');
  }
  demand(isList(value) && value.length >= 1 && value.length <= CARD_LIMITS.cards, 'there are 1 to 10 cards');
  return value.map(readCard);
}

function readCard(value: unknown): ContentCard {
  demand(isList(value) && value.length === 4, 'a card is not an array of four');
  const [title, description, media, suggestions] = value;
  demand(isList(suggestions) && suggestions.length <= CARD_LIMITS.suggestions, 'a card has at most 4 suggestions');
  const card: ContentCard = {
    ...(title === null ? {} : { title: textWithin(title, CARD_LIMITS.titleCharacters) }),
    ...(description === null ? {} : { description: textWithin(description, CARD_LIMITS.descriptionCharacters) }),
    ...(media === null ? {} : { media: readMedia(media) }),
    ...(suggestions.length === 0 ? {} : { suggestions: suggestions.map(readSuggestion) }),
  };
  demand(
    card.title !== undefined || card.description !== undefined || card.media !== undefined,
    'a card has a title, a description or a picture',
  );
  return card;
}

function readMedia(value: unknown): InlineFile {
  demand(isList(value) && value.length === 2, 'a picture is a media type and its bytes');
  const [contentType, content] = value;
  demand(content instanceof Uint8Array && content.length > 0, 'a picture has bytes');
  return { contentType: textWithin(contentType, 255), content: toBytes(content) };
}

function readSuggestion(value: unknown): ContentSuggestion {
  demand(isList(value) && value.length >= 2 && value.length <= 3, 'a suggestion is an array of two or three');
  const [kind, label, target] = value;
  const text = textWithin(label, CARD_LIMITS.suggestionCharacters);
  switch (kind) {
    case 'reply':
    case 'share-location':
      demand(value.length === 2, 'this suggestion leads nowhere');
      return { kind, text };
    case 'open-url': {
      const url = textWithin(target, CARD_LIMITS.urlCharacters);
      demand(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), 'a suggestion leads to a web address');
      return { kind, text, url };
    }
    case 'dial': {
      const number = textWithin(target, 16);
      demand(/^\+[1-9]\d{6,14}$/.test(number), 'a suggestion dials an E.164 number');
      return { kind, text, number };
    }
    default:
      throw malformed('a suggestion is of a kind that is not known');
  }
}

function textWithin(value: unknown, characters: number): string {
  demand(typeof value === 'string' && value.trim() !== '', 'a text on a card is not empty');
  demand(value.length <= characters, `a text on a card has at most ${characters} characters there`);
  return value;
}
