import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RcsLog } from './rcs-log.js';
import { RcsPhones, type WrittenContent } from './rcs-phones.js';
import { RcsWebhooks } from './rcs-webhooks.js';

/** Keywords of the guides: English, Spanish, Portuguese, French. */
const STOP = new Set(['STOP', 'BAJA', 'PARAR']);
const START = new Set(['START', 'ALTA', 'COMEÇAR', 'DÉMARRER']);

/** Where a file of the network is fetched from. */
export type FileUrl = (fileName: string) => string;

/** What people do on RCS handsets, told to the agent by webhook. */
@Injectable()
export class RcsPerson {
  constructor(
    private readonly phones: RcsPhones,
    private readonly webhooks: RcsWebhooks,
    private readonly log: RcsLog,
  ) {}

  /** The keyword message and the event that follows from it are two notifications, as on the real network. */
  write(e164: string, agentId: string, content: WrittenContent, urlOf: FileUrl): string {
    const messageId = randomUUID();
    const encryption = this.phones.encryptionOf(e164, agentId);
    const at = new Date().toISOString();
    this.log.append({ event: 'written', messageId, agentId, e164, encryption, body: content });
    this.phones.append(e164, { messageId, direction: 'written', agentId, at, encryption, content, isRead: false });
    this.webhooks.notify({
      agentId,
      senderPhoneNumber: e164,
      messageId,
      sendTime: at,
      ...notified(content, urlOf),
    });
    if ('text' in content) this.hearKeyword(e164, agentId, content.text);
    return messageId;
  }

  type(e164: string, agentId: string): void {
    const sendTime = new Date().toISOString();
    this.webhooks.notify({
      agentId,
      senderPhoneNumber: e164,
      eventId: randomUUID(),
      sendTime,
      eventType: 'IS_TYPING',
    });
  }

  /** The person uses the switch of the conversation instead of a word. */
  subscribe(e164: string, agentId: string, isSubscribed: boolean): void {
    if (!this.phones.setSubscribed(e164, agentId, isSubscribed)) return;
    const eventType = isSubscribed ? 'SUBSCRIBE' : 'UNSUBSCRIBE';
    this.webhooks.notify({ senderPhoneNumber: e164, eventType, eventId: randomUUID(), agentId });
  }

  private hearKeyword(e164: string, agentId: string, text: string): void {
    const word = text.trim().toUpperCase();
    if (STOP.has(word)) this.subscribe(e164, agentId, false);
    if (START.has(word)) this.subscribe(e164, agentId, true);
  }
}

function notified(content: WrittenContent, urlOf: FileUrl): Readonly<Record<string, unknown>> {
  if (!('userFile' in content)) return content;
  const { fileName, mimeType, fileSizeBytes } = content.userFile;
  return { userFile: { payload: { mimeType, fileSizeBytes, fileUri: urlOf(fileName), fileName } } };
}
