import type { InlineFile } from './build-content.js';
import type { Capabilities, Feature } from './capabilities.js';
import { cardsOf, type ContentCard } from './cards.js';
import { DISPOSITION, type MimiContent } from './content.js';
import { mediaTypeOf } from './media-type.js';
import { countSegments } from './segments.js';
import { utf8 } from './bytes.js';

/** Pictures and films that a card may show wherever cards are carried. */
const ON_CARDS = /^(?:image|video)\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;

/** The features cards need besides text, in the order a person would want to hear of them. */
export function featuresOfCards(cards: readonly ContentCard[]): readonly Feature[] {
  return [
    cards.length > 1 ? 'carousel' : 'card',
    ...(cards.some(({ suggestions = [] }) => suggestions.length > 0) ? (['suggestion'] as const) : []),
    ...(cards.some(({ media }) => media) ? (['attachment'] as const) : []),
  ];
}

/** The cards of a message as a network carries them, whole; `undefined` when they are said in words there. */
export function carriedCards(
  content: MimiContent,
  { features, limits }: Capabilities,
): readonly ContentCard[] | undefined {
  const cards = cardsOf(content);
  const isAnother = content.replaces !== null || content.part.disposition === DISPOSITION.reaction;
  if (!cards || isAnother || content.inReplyTo !== null) return undefined;
  const carries = (feature: Feature): boolean => features[feature] === 'full' || features[feature] === 'partial';
  if (!featuresOfCards(cards).every(carries)) return undefined;
  const { textCharacters = Infinity, textBytes = Infinity, segments = Infinity, attachmentBytes = Infinity } = limits;
  const fits = (text: string): boolean =>
    text.length <= textCharacters && utf8(text).length <= textBytes && countSegments(text).segments <= segments;
  const isCarried = cards.every(
    ({ title = '', description = '', media }) =>
      fits(title) && fits(description) && (!media || (isShown(media) && media.content.length <= attachmentBytes)),
  );
  return isCarried ? cards.map(withPlainType) : undefined;
}

const isShown = ({ contentType }: InlineFile): boolean => ON_CARDS.test(mediaTypeOf(contentType));

const withPlainType = (card: ContentCard): ContentCard =>
  card.media ? { ...card, media: { ...card.media, contentType: mediaTypeOf(card.media.contentType) } } : card;
