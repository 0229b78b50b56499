import type { Card, ClearOutbound, MediaLink, NotDelivered, Suggestion } from '@causeway/network-adapter';
import { RCS_CAPABILITIES } from './rcs-capabilities.js';

/** The JSON of an agent message; what a person typed is in it. */
export type AgentMessageBody = Readonly<Record<string, unknown>>;

const MOST = {
  suggestions: 11,
  cardSuggestions: 4,
  cards: 10,
  title: 200,
  description: 2_000,
  chip: 25,
  postback: 2_048,
};
const FEWEST_CARDS = 2;
/** Media that may stand on a card, and so beside words. */
const CARD_MEDIA = /^(image|video)\/|^application\/pdf$/;

/** What the network would refuse although it fits what is declared: answered without a call. Refused rather than cut. */
export function refuseUncarried({ body, suggestions = [] }: ClearOutbound): NotDelivered | undefined {
  const cards = body.kind === 'card' ? [body.card] : body.kind === 'carousel' ? body.cards : [];
  const onCards = cards.flatMap((card) => card.suggestions ?? []);
  if (suggestions.length > MOST.suggestions || [...suggestions, ...onCards].some(isTooLong))
    return refusal('too-large');
  if (cards.some(isTooFull)) return refusal('too-large');
  if (body.kind === 'carousel' && cards.length > MOST.cards) return refusal('too-large');
  if (body.kind === 'carousel' && cards.length < FEWEST_CARDS) return refusal('content-rejected');
  if (cards.some(({ media }) => media && !CARD_MEDIA.test(media.contentType))) return refusal('content-rejected');
  if (body.kind !== 'media' || !hasWords(body.caption)) return undefined;
  if (!CARD_MEDIA.test(body.media.contentType)) return refusal('content-rejected');
  return (body.caption?.reveal().length ?? 0) > MOST.description ? refusal('too-large') : undefined;
}

const isTooLong = ({ text, postback }: Suggestion): boolean =>
  text.reveal().length > MOST.chip || postback.reveal().length > MOST.postback;

const isTooFull = ({ title, description, suggestions = [] }: Card): boolean =>
  (title?.reveal().length ?? 0) > MOST.title ||
  (description?.reveal().length ?? 0) > MOST.description ||
  suggestions.length > MOST.cardSuggestions;

const refusal = (reason: 'too-large' | 'content-rejected'): NotDelivered => ({
  kind: 'failed',
  reason,
  retry: 'never',
  certainty: 'not-sent',
});

/** Translates a message that {@link refuseUncarried} and the declared capabilities let pass; `undefined` for a body RCS has no form for. */
export function agentMessageOf(outbound: ClearOutbound, nowMs: number): AgentMessageBody | undefined {
  const content = contentOf(outbound);
  if (content === undefined) return undefined;
  const { suggestions = [], expiresAtMs, isEncryptionRequired } = outbound;
  const chips = suggestions.length > 0 ? { suggestions: suggestions.map(suggestionOf) } : {};
  return {
    contentMessage: { ...content, ...chips },
    ...(expiresAtMs === null ? {} : { expireTime: new Date(latestExpiry(expiresAtMs, nowMs)).toISOString() }),
    ...(isEncryptionRequired ? { encryption: 'REQUIRED' } : {}),
  };
}

/** An end in time, so that neither our clock's distance nor the call's length adds to it; the network takes 15 days at most. */
const latestExpiry = (expiresAtMs: number, nowMs: number): number =>
  Math.min(expiresAtMs, nowMs + (RCS_CAPABILITIES.limits.expirySecondsMax ?? 0) * 1_000);

function contentOf({ body }: ClearOutbound): AgentMessageBody | undefined {
  switch (body.kind) {
    case 'text':
      return { text: body.text.reveal() };
    case 'media': {
      const { media, caption } = body;
      if (caption === undefined || !hasWords(caption)) return { contentInfo: contentInfoOf(media) };
      return standalone({ media, description: caption });
    }
    case 'card':
      return standalone(body.card);
    case 'carousel':
      return {
        richCard: { carouselCard: { cardWidth: 'MEDIUM', cardContents: body.cards.map(cardOf) } },
      };
    case 'reaction':
    case 'edit':
    case 'delete':
      return undefined;
  }
}

const hasWords = (text: { reveal(): string } | undefined): boolean => (text?.reveal().trim() ?? '') !== '';

const standalone = (card: Card): AgentMessageBody => ({
  richCard: { standaloneCard: { cardOrientation: 'VERTICAL', cardContent: cardOf(card) } },
});

const cardOf = ({ title, description, media, suggestions = [] }: Card): AgentMessageBody => ({
  ...(title === undefined ? {} : { title: title.reveal() }),
  ...(description === undefined ? {} : { description: description.reveal() }),
  ...(media === undefined ? {} : { media: { height: 'MEDIUM', contentInfo: contentInfoOf(media) } }),
  ...(suggestions.length > 0 ? { suggestions: suggestions.map(suggestionOf) } : {}),
});

const contentInfoOf = ({ url }: MediaLink): AgentMessageBody => ({ fileUrl: url.reveal(), forceRefresh: false });

function suggestionOf(suggestion: Suggestion): AgentMessageBody {
  const chip = { text: suggestion.text.reveal(), postbackData: suggestion.postback.reveal() };
  switch (suggestion.kind) {
    case 'reply':
      return { reply: chip };
    case 'open-url':
      return { action: { ...chip, openUrlAction: { url: suggestion.url.reveal() } } };
    case 'dial':
      return { action: { ...chip, dialAction: { phoneNumber: suggestion.number.reveal() } } };
    case 'share-location':
      return { action: { ...chip, shareLocationAction: {} } };
  }
}
