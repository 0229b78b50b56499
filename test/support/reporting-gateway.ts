import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inboxPageSchema, type InboxItem } from '@causeway/api-contract';
import {
  conversationUri,
  encodeContent,
  messageIdOf,
  textContent,
  type Bytes,
  type ConversationId,
  type MessageId,
} from '@causeway/message-model';
import { loadConfig, Secret } from '@causeway/platform';
import { closeProcess, openProcess, type ProcessContext } from '@causeway/process-context';
import { startGateway, type RunningGateway } from '../../apps/gateway/src/index.js';
import { InProcess, type Person } from './in-process.js';
import { messageTo } from './native-message.js';
import { say, type Answer } from './raw-device.js';

/** A message as its recipient has it: what it says, and the stamp that came with it. */
export interface Carried {
  readonly messageId: MessageId;
  readonly content: Bytes;
  readonly token: Bytes;
}

export const OPERATOR_TOKEN = 'operator-of-this-test';
/** Each wrong kind is tried this often, and an honest report is made as often: `npm run test:reports` asks for a thousand. Even. */
export const REPORTS_OF_A_KIND = Number(process.env['CAUSEWAY_TEST_REPORTS'] ?? 50);

/** Requests on their way at a time; connections are kept open. */
const AT_ONCE = 40;

/** A real gateway on a port, on the clock of the test, over the database of a bridge whose people call it. */
export class ReportingGateway {
  private constructor(
    readonly bridge: InProcess,
    readonly context: ProcessContext,
    private readonly gateway: RunningGateway,
    private readonly folder: string,
  ) {}

  /** With its queue and its guard on PostgreSQL, or on the Redis that is named. */
  static async open({ redisUrl }: { readonly redisUrl?: string } = {}): Promise<ReportingGateway> {
    const bridge = await InProcess.open();
    const folder = await mkdtemp(join(tmpdir(), 'cw-reports-'));
    const config = loadConfig({
      CAUSEWAY_DATA_FOLDER: folder,
      CAUSEWAY_DATABASE_URL: bridge.databaseUrl,
      CAUSEWAY_LOG_LEVEL: 'silent',
      CAUSEWAY_HTTP_PORT: '0',
      ...(redisUrl === undefined ? {} : { CAUSEWAY_QUEUE_BACKEND: 'redis', CAUSEWAY_REDIS_URL: redisUrl }),
    });
    const { databaseUrl, clock } = bridge;
    const context = await openProcess({ name: 'gateway', config, databaseUrl, clock });
    const gateway = await startGateway({ context, operatorToken: new Secret(OPERATOR_TOKEN) });
    return new ReportingGateway(bridge, context, gateway, folder);
  }

  get url(): string {
    return this.gateway.url;
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await closeProcess(this.context);
    await this.bridge.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  call(
    person: Person,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const token = { authorization: `Bearer ${person.device.token}` };
    return say(`${this.gateway.url}${path}`, method, {
      ...(body === undefined ? {} : { body }),
      headers: { ...token, ...headers },
    });
  }

  report(reporter: Person, body: unknown): Promise<Answer> {
    return this.call(reporter, 'POST', '/v1/reports', body);
  }

  /** Sends through the gateway and takes out of the recipient's inbox what came, in the order of sending. */
  async carry(from: Person, to: Person, conversation: ConversationId, count: number): Promise<readonly Carried[]> {
    const sent = Array.from({ length: count }, (_, index) => wordsOf(from, conversation, `words ${index}`));
    await inTurns(sent, async ({ messageId }) => {
      const message = messageTo(this.bridge, { conversation, recipient: to }, { messageId });
      const answer = await this.call(from, 'POST', '/v1/messages', message, { 'idempotency-key': `"${messageId}"` });
      if (answer.status !== 202) throw new Error(answer.text);
    });
    const stamps = new Map((await this.takeAll(to)).map(({ report }) => [report?.messageId, report?.token]));
    return sent.map((message) => {
      const token = stamps.get(message.messageId);
      if (!token) throw new Error('a message came without its stamp');
      return { ...message, token };
    });
  }

  private async takeAll(person: Person): Promise<readonly Extract<InboxItem, { kind: 'box' }>[]> {
    const items: InboxItem[] = [];
    for (;;) {
      const answer = await this.call(person, 'GET', '/v1/inbox?limit=100');
      const page = inboxPageSchema.parse(answer.document);
      if (page.items.length === 0) return items.filter((item) => item.kind === 'box');
      items.push(...page.items);
      const ids = page.items.map(({ id }) => id);
      await this.call(person, 'POST', '/v1/inbox/acknowledgements', { ids });
    }
  }
}

/** Words in somebody's name, with the id that commits to them: anybody can make these. */
export function wordsOf({ caller }: Person, conversation: ConversationId, text: string) {
  const header = { senderUri: caller.address, roomUri: conversationUri(caller.host, conversation) };
  const content = encodeContent(textContent({ ...header, text }));
  return { content, messageId: messageIdOf({ content, ...header }) };
}

/** Many at a time, not all at once. */
export async function inTurns<Item, Done>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Done>,
): Promise<Done[]> {
  const done: Done[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE)
    done.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map((item, index) => work(item, at + index)))));
  return done;
}
