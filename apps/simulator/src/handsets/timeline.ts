import type { CardContent, ContentMessage } from '../rcs/agent-message.js';
import type { RcsFiles } from '../rcs/rcs-files.js';
import type { RcsBubble, WrittenContent } from '../rcs/rcs-phones.js';
import type { MediaStore } from '../sms/media-store.js';
import type { HandsetMessage } from '../sms/handsets.js';

/** A file as the page shows it; without an address it could not be fetched. */
interface ShownFile {
  readonly contentType: string;
  readonly url?: string;
}

interface ShownChip {
  readonly text: string;
  readonly postbackData: string;
  readonly action: 'reply' | 'dial' | 'open-url' | 'share-location' | 'view-location';
  readonly detail?: string;
}

interface ShownCard {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly file?: ShownFile | undefined;
  readonly chips: readonly ShownChip[];
}

/** One bubble on the page, of either network. */
export interface ShownBubble {
  readonly id: string;
  readonly network: 'sms' | 'rcs';
  readonly direction: 'received' | 'written';
  /** Bridge number of SMS, agent of RCS. */
  readonly peer: string;
  readonly at: string;
  readonly text: string;
  readonly files: readonly ShownFile[];
  readonly cards: readonly ShownCard[];
  readonly chips: readonly ShownChip[];
  readonly isEncrypted: boolean;
  readonly isRead: boolean;
}

/** Both networks in one line, as a phone shows them. */
export function timelineOf(
  sms: readonly HandsetMessage[],
  rcs: readonly RcsBubble[],
  { files, media }: { readonly files: RcsFiles; readonly media: MediaStore },
): readonly ShownBubble[] {
  const shown = [...sms.map((message) => ofSms(message, media)), ...rcs.map((bubble) => ofRcs(bubble, files))];
  return shown.toSorted((a, b) => a.at.localeCompare(b.at));
}

const ofSms = ({ sid, direction, from, to, body, at }: HandsetMessage, media: MediaStore): ShownBubble => ({
  id: sid,
  network: 'sms',
  direction,
  peer: direction === 'received' ? from : to,
  at,
  text: body,
  files: media.of(sid).map(({ contentType }, place) => ({ contentType, url: `/handsets/media/${sid}/${place}` })),
  cards: [],
  chips: [],
  isEncrypted: false,
  isRead: false,
});

function ofRcs(bubble: RcsBubble, files: RcsFiles): ShownBubble {
  const { messageId, direction, agentId, at, encryption, isRead } = bubble;
  return {
    id: messageId,
    network: 'rcs',
    direction,
    peer: agentId,
    at,
    ...(bubble.direction === 'received' ? received(bubble.content, files) : written(bubble.content)),
    isEncrypted: encryption === 'mls',
    isRead,
  };
}

type Shown = Pick<ShownBubble, 'text' | 'files' | 'cards' | 'chips'>;

function received(content: ContentMessage, files: RcsFiles): Shown {
  const name = content.fileName ?? content.uploadedRbmFile?.fileName;
  const file = name === undefined ? fetched(content.contentInfo?.fileUrl, files) : held(name, files);
  return {
    text: content.text ?? '',
    files: file ? [file] : [],
    cards: cardsOf(content).map((card) => ({
      title: card.title,
      description: card.description,
      file: card.media?.fileName ? held(card.media.fileName, files) : fetched(card.media?.contentInfo?.fileUrl, files),
      chips: chipsOf(card.suggestions),
    })),
    chips: chipsOf(content.suggestions),
  };
}

function written(content: WrittenContent): Shown {
  const nothing = { text: '', files: [], cards: [], chips: [] };
  if ('text' in content) return { ...nothing, text: content.text };
  if ('suggestionResponse' in content) return { ...nothing, text: content.suggestionResponse.text };
  if ('location' in content)
    return { ...nothing, text: `📍 ${content.location.latitude}, ${content.location.longitude}` };
  const { fileName, mimeType } = content.userFile;
  return { ...nothing, files: [{ contentType: mimeType, url: `/rcs/${fileName}` }] };
}

const cardsOf = ({ richCard }: ContentMessage): readonly CardContent[] => {
  if (richCard === undefined) return [];
  return 'standaloneCard' in richCard ? [richCard.standaloneCard.cardContent] : richCard.carouselCard.cardContents;
};

const held = (name: string, files: RcsFiles): ShownFile => ({
  contentType: files.find(name)?.contentType ?? 'application/octet-stream',
  url: `/rcs/${name}`,
});

function fetched(url: string | undefined, files: RcsFiles): ShownFile | undefined {
  if (url === undefined) return undefined;
  const name = files.nameOf(url);
  return name === undefined ? { contentType: 'application/octet-stream' } : held(name, files);
}

const chipsOf = (suggestions: ContentMessage['suggestions'] = []): readonly ShownChip[] =>
  suggestions.map((suggestion) => {
    if ('reply' in suggestion) return { ...suggestion.reply, action: 'reply' };
    const { action } = suggestion;
    const { text, postbackData } = action;
    if ('dialAction' in action) return { text, postbackData, action: 'dial', detail: action.dialAction.phoneNumber };
    if ('openUrlAction' in action) return { text, postbackData, action: 'open-url', detail: action.openUrlAction.url };
    if ('viewLocationAction' in action) return { text, postbackData, action: 'view-location' };
    return { text, postbackData, action: 'share-location' };
  });
