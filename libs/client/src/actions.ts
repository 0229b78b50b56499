import {
  attachmentContent,
  cardsContent,
  decodeContent,
  filesContent,
  plainTextOf,
  deleteContent,
  editContent,
  reactionContent,
  statusContent,
  textContent,
  parseAddress,
  CausewayError,
  type AttachmentReference,
  type ContentCard,
  type InlineFile,
  toBytes,
  type MessageId,
} from '@causeway/message-model';
import { isClearAddress } from './contacts.js';
import { currentIdOf, type Draft, type SendOptions } from './compose.js';
import type { DeviceContext } from './device-context.js';
import { RECORDS, type HistoryRecord } from './records.js';
import { startReadTimer } from './vanishing.js';

export type ActionDraft = Omit<Draft, 'conversation'>;

export interface AttachOptions extends SendOptions {
  readonly caption?: string;
}

export interface CardOptions extends SendOptions {
  /** The same in words, for who is shown no cards; made from the cards unless given. */
  readonly fallback?: string;
}

/** The drafts behind the verbs of a device: each becomes an ordinary message in its conversation. */
export class Actions {
  constructor(private readonly context: DeviceContext) {}

  text(to: string, text: string, options: SendOptions): ActionDraft {
    const { inReplyTo } = options;
    return { address: addressed(to), options, build: (header) => textContent({ ...header, text, inReplyTo }) };
  }

  attachment(to: string, attachment: AttachmentReference, options: AttachOptions): ActionDraft {
    const { caption, inReplyTo } = options;
    const build: ActionDraft['build'] = (header) => attachmentContent({ ...header, attachment, caption, inReplyTo });
    return { address: addressed(to), options, build };
  }

  file(to: string, file: InlineFile, options: AttachOptions): ActionDraft {
    const { caption: text, inReplyTo } = options;
    const { contentType, content } = file;
    const build: ActionDraft['build'] = (header) =>
      filesContent({ ...header, files: [{ contentType, content: toBytes(content) }], text, inReplyTo });
    return { address: addressed(to), options, build };
  }

  cards(to: string, cards: readonly ContentCard[], options: CardOptions): ActionDraft {
    const { fallback } = options;
    return { address: addressed(to), options, build: (header) => cardsContent({ ...header, cards, fallback }) };
  }

  async reply(messageId: MessageId, text: string, options: SendOptions): Promise<ActionDraft> {
    const { address, inReplyTo, quote } = await this.#other(messageId);
    return { address, options, build: (header) => textContent({ ...header, text, inReplyTo, quote }) };
  }

  async react(messageId: MessageId, reaction: string, options: SendOptions): Promise<ActionDraft> {
    const { address, inReplyTo, quote } = await this.#other(messageId);
    return { address, options, build: (header) => reactionContent({ ...header, inReplyTo, reaction, quote }) };
  }

  async edit(messageId: MessageId, text: string, options: SendOptions): Promise<ActionDraft> {
    const { address, replaces } = await this.#own(messageId);
    return { address, options, build: (header) => editContent({ ...header, text, replaces }) };
  }

  async deleteForEveryone(messageId: MessageId, options: SendOptions): Promise<ActionDraft> {
    const { address, replaces } = await this.#own(messageId);
    return { address, options, build: (header) => deleteContent({ ...header, replaces }) };
  }

  async read(messageId: MessageId): Promise<ActionDraft> {
    const { address } = await this.#other(messageId);
    await this.#startTimer(messageId);
    const report = [{ messageId, status: 'read' as const }];
    return { address, options: {}, build: (header) => statusContent({ ...header, report }) };
  }

  async #startTimer(messageId: MessageId): Promise<void> {
    const record = await this.#record(messageId);
    if (record.direction === 'received')
      await this.context.store.unit((unit) => startReadTimer(unit, this.context, record));
  }

  /** The other end knows a message by the id it was sent under in the end; a clear network knows no id, so there it is quoted. */
  async #other(messageId: MessageId): Promise<{ address: string; inReplyTo: MessageId; quote: string | undefined }> {
    const record = await this.#record(messageId);
    const address = record.direction === 'received' ? record.from : record.to;
    const quote = isClearAddress(address) ? wordsOf(record) : undefined;
    return { address, inReplyTo: record.messageId, quote };
  }

  /** Edits and deletions name the first version, also after an edit. */
  async #own(messageId: MessageId): Promise<{ address: string; replaces: MessageId }> {
    const record = await this.#record(messageId);
    if (record.direction === 'received') throw new Error('only its sender can change a message');
    const first = record.content && decodeContent(record.content, record.atMs).replaces;
    return { address: record.to, replaces: first ?? record.messageId };
  }

  async #record(messageId: MessageId): Promise<HistoryRecord> {
    const record = await this.context.store.unit(async (unit) =>
      unit.get(RECORDS.history, await currentIdOf(unit, messageId)),
    );
    if (!record) throw new Error('this device knows no such message');
    return record;
  }
}

function wordsOf({ content, editedText, atMs }: HistoryRecord): string | undefined {
  return editedText ?? (content ? plainTextOf(decodeContent(content, atMs)) : undefined);
}

function addressed(to: string): string {
  const address = parseAddress(to)?.uri;
  if (!address) throw new CausewayError('invalid-address', { pointer: '/to' });
  return address;
}
