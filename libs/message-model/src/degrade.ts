import { type Capabilities, type Feature } from './capabilities.js';
import { DISPOSITION, type MimiContent } from './content.js';
import { type InlineFile } from './build-content.js';
import { cardsOf, type ContentCard } from './cards.js';
import { carriedCards, featuresOfCards } from './degrade-cards.js';
import { mediaTypeOf } from './media-type.js';
import { quoteOf } from './quote.js';
import { type AttachmentLine, type PartsReading, readParts } from './read-parts.js';
import { countSegments } from './segments.js';
import { utf8 } from './bytes.js';

/** What a message loses on its way to a clear network: the code for programs, the sentence for the person who decides. */
export const LOSSES = {
  formatting: 'Formatting is shown as the signs it is written with.',
  'reply-reference': 'They will not see which message this answers.',
  'reply-as-text': 'Which message this answers is said in words.',
  'reaction-as-text': 'The reaction arrives as a message of its own.',
  'edit-as-text': 'The new words arrive as another message; the old ones stay on their phone.',
  'card-as-text': 'The card arrives as words.',
  'attachment-as-link': 'The attachment arrives as a link.',
  'attachment-may-change': 'The carrier may shrink or convert the attachment.',
  'attachment-left-out': 'The attachment stays behind; the message says so.',
  'parts-left-out': 'Some of the message cannot be shown there and is left out.',
  'stays-on-their-phone': 'It will not disappear: a copy stays on their phone.',
} as const satisfies Record<string, string>;
/** A code of the table. */
export type Loss = keyof typeof LOSSES;

/** Why a message cannot be said in text at all, with the sentence for its sender. */
export const REFUSALS = {
  'text-not-carried': 'This network carries no text.',
  'deletion-not-possible': 'A message that reached this network cannot be taken back.',
  'reaction-not-carried': 'This network cannot show a reaction.',
  'edit-not-carried': 'This network cannot change a message that was sent.',
  'reply-not-carried': 'This network cannot carry a reply.',
  'formatting-not-carried': 'This network cannot carry formatted text.',
  'attachment-not-carried': 'This network cannot carry an attachment.',
  'card-not-carried': 'This network cannot show a card.',
  'attachment-too-large': 'The attachment is larger than this network carries.',
  'expiry-not-carried': 'This network cannot make a message disappear.',
  'expiry-out-of-range': 'This network does not keep a message for that time.',
  'report-not-carried': 'Delivery and read reports stay within native networks.',
  'nothing-to-say': 'Nothing of this message can be said in text.',
  'too-long': 'The message is longer than this network carries.',
} as const satisfies Record<string, string>;
/** A code of the table. */
export type Refusal = keyof typeof REFUSALS;

/**
 * What becomes of a message on a clear network; losses are in the order of `LOSSES`. A reply, a reaction and an edit are text also where a
 * network has a form of its own for them: that form names the other message by the network's id, which no device and no edge keeps.
 */
export type Degraded =
  | { readonly kind: 'text'; readonly text: string; readonly losses: readonly Loss[] }
  /** `text` is the caption, empty when there is none. The media type of the file is without parameters. */
  | { readonly kind: 'media'; readonly file: InlineFile; readonly text: string; readonly losses: readonly Loss[] }
  /** One card, or several side by side. The media types of their files are without parameters. */
  | { readonly kind: 'cards'; readonly cards: readonly ContentCard[]; readonly losses: readonly Loss[] }
  | { readonly kind: 'refused'; readonly reason: Refusal };

/**
 * What a clear network will carry of a message: an honest text and all that is lost, or the reason why it is not sent.
 * Pure, and used on both sides: the preview a person agrees to is the text the edge hands over. Nobody is named in it.
 * The time left to an absolute expiry is the caller's to check against the limits: it needs a clock.
 */
export function degrade(content: MimiContent, capabilities: Capabilities): Degraded {
  const parts = readParts(content.part);
  const reason = refusalOf(content, parts, capabilities);
  if (reason) return { kind: 'refused', reason };
  const cards = carriedCards(content, capabilities);
  if (cards) return { kind: 'cards', cards, losses: lossesOfCards(content, cards, capabilities) };
  const carried = carriedFile(content, parts, capabilities);
  const said = { ...parts, attachments: parts.attachments.filter((attachment) => attachment !== carried?.attachment) };
  const text = wordsOf(content, said, capabilities, carried !== undefined);
  if (text === '' && !carried) return { kind: 'refused', reason: 'nothing-to-say' };
  const isCaption = carried !== undefined;
  if (!fits(text, capabilities, isCaption)) return { kind: 'refused', reason: 'too-long' };
  const losses = lossesOf(content, said, capabilities, isCaption);
  return carried ? { kind: 'media', file: carried.file, text, losses } : { kind: 'text', text, losses };
}

function lossesOfCards(
  { expires }: MimiContent,
  cards: readonly ContentCard[],
  { features }: Capabilities,
): readonly Loss[] {
  const hasMedia = cards.some(({ media }) => media);
  return [
    ...(hasMedia && features.attachment === 'partial' ? (['attachment-may-change'] as const) : []),
    ...(expires !== null && expiryOf(expires, features) !== 'full' ? (['stays-on-their-phone'] as const) : []),
  ];
}

const expiryOf = (expires: NonNullable<MimiContent['expires']>, features: Capabilities['features']) =>
  expires.relative ? features['expiry-after-reading'] : features['expiry-at-time'];

/** What a network that carries files with losses can be trusted to take: the types both MMS and RCS show beside words. */
const WIDELY_CARRIED = /^(?:image|video)\/|^application\/pdf$/;
const MEDIA_TYPE_FORM = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;

/** One message carries one file: the first that the message itself holds and the network takes. The others are said in words. */
function carriedFile(
  content: MimiContent,
  { attachments }: PartsReading,
  { features }: Capabilities,
): { readonly attachment: AttachmentLine; readonly file: InlineFile } | undefined {
  // new words for an old message are text, whatever comes with them
  if (isReaction(content) || content.replaces !== null) return undefined;
  if (features.attachment !== 'full' && features.attachment !== 'partial') return undefined;
  for (const attachment of attachments) {
    if (!attachment.file || attachment.file.content.length === 0) continue;
    const contentType = mediaTypeOf(attachment.file.contentType);
    const isTaken = (features.attachment === 'full' ? MEDIA_TYPE_FORM : WIDELY_CARRIED).test(contentType);
    if (isTaken && MEDIA_TYPE_FORM.test(contentType))
      return { attachment, file: { contentType, content: attachment.file.content } };
  }
  return undefined;
}

const isReaction = (content: MimiContent): boolean => content.part.disposition === DISPOSITION.reaction;

/** In the order a person would want to hear them: what the message is, before what it is made of. */
function refusalOf(content: MimiContent, parts: PartsReading, capabilities: Capabilities): Refusal | undefined {
  const { features, limits } = capabilities;
  const isRefused = (feature: Feature, isUsed: boolean): boolean => isUsed && features[feature] === 'rejected';
  // An edit or a reaction is the whole message: without it nothing is left to send.
  const isLost = (feature: Feature, isUsed: boolean): boolean =>
    isUsed && (features[feature] === 'rejected' || features[feature] === 'dropped');
  const cards = cardsOf(content) ?? [];
  if (parts.isStatusReport) return 'report-not-carried';
  if (content.part.kind === 'null') return 'deletion-not-possible';
  if (isLost('text', true)) return 'text-not-carried';
  if (isLost('reaction', isReaction(content))) return 'reaction-not-carried';
  if (isLost('edit', content.replaces !== null && !isReaction(content))) return 'edit-not-carried';
  if (isRefused('reply', isReply(content))) return 'reply-not-carried';
  if (isRefused('markdown', parts.hasMarkdown)) return 'formatting-not-carried';
  if (isRefused('attachment', parts.attachments.length > 0)) return 'attachment-not-carried';
  if (cards.length > 0 && featuresOfCards(cards).some((feature) => isRefused(feature, true))) return 'card-not-carried';
  const largest = limits.attachmentBytes ?? Infinity;
  if (parts.attachments.some(({ sizeBytes }) => sizeBytes > largest)) return 'attachment-too-large';
  return expiryRefusal(content, capabilities);
}

function expiryRefusal({ expires }: MimiContent, { features, limits }: Capabilities): Refusal | undefined {
  if (expires === null) return undefined;
  if (features[expires.relative ? 'expiry-after-reading' : 'expiry-at-time'] === 'rejected')
    return 'expiry-not-carried';
  const isKept = expires.relative && features['expiry-after-reading'] === 'full';
  const { expirySecondsMin = 0, expirySecondsMax = Infinity } = limits;
  const isInRange = expires.timeSeconds >= expirySecondsMin && expires.timeSeconds <= expirySecondsMax;
  return isKept && !isInRange ? 'expiry-out-of-range' : undefined;
}

const isReply = (content: MimiContent): boolean => content.inReplyTo !== null && !isReaction(content);

const saysWhatItAnswers = (content: MimiContent, features: Capabilities['features']): boolean =>
  isReply(content) && features.reply !== 'dropped' && quoteOf(content) !== undefined;

function wordsOf(content: MimiContent, parts: PartsReading, { features }: Capabilities, hasFile: boolean): string {
  const quote = quoteOf(content);
  if (isReaction(content)) {
    const about = quote === undefined ? '' : ` to "${quote}"`;
    return parts.texts.length > 0 ? `Reacted ${parts.texts.join(' ')}${about}` : '';
  }
  const lines = [
    ...parts.texts,
    ...(features.attachment === 'dropped' ? [] : parts.attachments.map(({ line }) => line)),
  ];
  const words = lines.join('\n');
  if (words === '' && !hasFile) return '';
  const edited = content.replaces === null ? words : `Edited: ${words}`;
  const answered = saysWhatItAnswers(content, features) ? [`Replying to "${quote}":`] : [];
  return [...answered, ...(edited === '' ? [] : [edited])].join('\n');
}

function fits(text: string, { limits }: Capabilities, isCaption: boolean): boolean {
  if (isCaption && text.length > (limits.captionCharacters ?? Infinity)) return false;
  const { textCharacters = Infinity, textBytes = Infinity, segments = Infinity } = limits;
  return text.length <= textCharacters && utf8(text).length <= textBytes && countSegments(text).segments <= segments;
}

function lossesOf(
  content: MimiContent,
  parts: PartsReading,
  { features }: Capabilities,
  hasFile: boolean,
): readonly Loss[] {
  const { expires } = content;
  const cards = cardsOf(content);
  const isDropped = features.attachment === 'dropped';
  const isAnswerSaid = saysWhatItAnswers(content, features);
  const found: Readonly<Record<Loss, boolean>> = {
    formatting: parts.hasMarkdown && features.markdown !== 'full',
    'reply-reference': isReply(content) && !isAnswerSaid,
    'reply-as-text': isAnswerSaid,
    'reaction-as-text': isReaction(content),
    'edit-as-text': content.replaces !== null,
    'card-as-text': cards !== undefined,
    'attachment-as-link': !isDropped && parts.attachments.some(({ isLink }) => isLink),
    'attachment-may-change': hasFile && features.attachment === 'partial',
    'attachment-left-out':
      (!isDropped && parts.attachments.some(({ isLink }) => !isLink)) || (cards ?? []).some(({ media }) => media),
    'parts-left-out': parts.hasOthers || (isDropped && parts.attachments.length > 0),
    'stays-on-their-phone': expires !== null && expiryOf(expires, features) !== 'full',
  };
  return LOSS_CODES.filter((loss) => found[loss]);
}

const LOSS_CODES = Object.keys(LOSSES).filter((code): code is Loss => Object.hasOwn(LOSSES, code));
