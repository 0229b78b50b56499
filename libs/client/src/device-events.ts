import type {
  AccountId,
  ConversationId,
  DeviceId,
  MessageId,
  MessageState,
  MimiContent,
} from '@causeway/message-model';
import type { TrustFailure } from './trust-error.js';

/** What became of a message; `unsubmitted` while the gateway has not answered for it and only this device knows it. */
export type SendingState = MessageState | { readonly kind: 'unsubmitted' };

/** A message this device received, or a copy of one that another device of the same person sent. */
export interface ReceivedMessage {
  readonly messageId: MessageId;
  readonly conversation: ConversationId;
  /** `mimi://` or `tel:` address. */
  readonly from: string;
  readonly to: string;
  readonly kind: 'text' | 'reaction' | 'edit' | 'delete' | 'attachment' | 'other';
  /** The best plain text; `undefined` when the message has none. */
  readonly text: string | undefined;
  readonly inReplyTo: MessageId | null;
  /** First version of the message that this one edits or deletes. */
  readonly replaces: MessageId | null;
  /** `native` was readable by the two ends only; anything else by the carrier too. */
  readonly network: string;
  /** Sent by this person, on another device. */
  readonly isOwn: boolean;
  readonly atMs: number;
  readonly content: MimiContent;
}

/** Someone without a grant who wants to write. Their words arrive after acceptance. */
export interface ContactRequest {
  readonly request: string;
  readonly from: string;
  readonly requestedAt: string;
}

/** A conversation takes another way from now on, as one end or its rules would have it. Both ends are told. */
export interface RouteSwitch {
  readonly conversation: ConversationId;
  /** Whose messages go another way. */
  readonly from: string;
  readonly isOwn: boolean;
  readonly network: string;
  readonly confidentiality: 'sealed' | 'clear';
  /** Of a native way: the account it leads to, which may be another one of the same person. */
  readonly address: string | undefined;
}

export interface MessageStateChange {
  readonly messageId: MessageId;
  readonly state: SendingState;
  /** Set once, when the message had to take another id (the grant named another conversation). */
  readonly formerMessageId?: MessageId;
}

export interface KeyChange {
  readonly address: string;
  readonly account: AccountId;
  readonly newAccount: AccountId;
  /** Whether the key that is no longer shown had been compared in person. */
  readonly wasVerified: boolean;
}

/** Somebody was shown another account key of this account and has not accepted it. News, where nobody here changed one: compare safety numbers. */
export interface KeyChangeHeld {
  readonly from: string;
  readonly conversation: ConversationId;
}

export interface DeviceListChange {
  readonly address: string;
  readonly version: number;
  readonly devices: readonly DeviceId[];
  readonly isOwn: boolean;
}

export interface EdgeChange {
  /** base64url; the pinned identity is what everything was sealed to until now. */
  readonly pinned: string;
  /** base64url; what `confirmEdge` takes. */
  readonly offered: string;
}

export type RefusalReason =
  | 'undecryptable'
  | 'unknown-seal-key'
  | 'untrusted-sender'
  | 'wrong-conversation'
  | 'mismatch'
  | 'malformed-content'
  | 'not-theirs'
  | 'edge-signature';

/** Something arrived, was acknowledged and is not shown. */
export interface RefusedItem {
  readonly inboxId: string;
  readonly reason: RefusalReason;
}

/** The other end says what became of a message of ours. */
export interface MessageReport {
  readonly messageId: MessageId;
  readonly from: string;
  readonly status: string;
}

/** The other end writes, for some seconds from now, or has stopped. */
export interface TypingNotice {
  readonly from: string;
  readonly isTyping: boolean;
}

export interface TrustProblem {
  readonly reason: TrustFailure;
  readonly about: string;
}

/** A message to somebody new has to wait: it goes by itself when it may. Conversations in which both wrote go on. */
export interface Limited {
  readonly address: string;
  /** For the person: what counted, what follows, what does not. */
  readonly sentence: string;
  /** Names the decision, see `device.limits`; undefined when the guard could not see. */
  readonly decision: string | undefined;
  readonly retryAfterSeconds: number;
}

export interface DeviceEventMap {
  message: ReceivedMessage;
  request: ContactRequest;
  /** Whoever asked took it back. */
  'request-withdrawn': { readonly from: string };
  'route-switched': RouteSwitch;
  granted: { readonly peer: string; readonly conversation: ConversationId };
  state: MessageStateChange;
  report: MessageReport;
  typing: TypingNotice;
  'key-change': KeyChange;
  'key-change-held': KeyChangeHeld;
  'device-list': DeviceListChange;
  'edge-changed': EdgeChange;
  'trust-problem': TrustProblem;
  limited: Limited;
  'refused-item': RefusedItem;
  /** Messages whose time had come: they are on this device no more. */
  vanished: { readonly messageIds: readonly MessageId[] };
  /** The purge ledger of the gateway is not what it was: entries are missing or were rewritten. */
  ledger: { readonly why: 'not-signed' | 'another-key' | 'cut-short' | 'rewritten'; readonly sequence: number };
  connection: { readonly isConnected: boolean };
  /** Something in the background failed and will be tried again, or a handler threw. */
  problem: { readonly error: unknown };
}

export type DeviceEventName = keyof DeviceEventMap;
export type Handler<Name extends DeviceEventName> = (event: DeviceEventMap[Name]) => unknown;

type Handlers = { [Name in DeviceEventName]: Set<Handler<Name>> };
type Waiting = { [Name in DeviceEventName]: DeviceEventMap[Name][] };

/** What nobody listens to yet is kept for the first handler; beyond this the oldest go. */
const LONGEST_WAIT = 256;

/** Typed events. Handlers may be asynchronous; `deliver` waits for them, `emit` does not. */
export class DeviceEvents {
  readonly #handlers: Handlers = noHandlers();
  readonly #waiting: Waiting = nothingWaiting();
  readonly #attached: ((name: DeviceEventName) => void)[] = [];

  on<Name extends DeviceEventName>(name: Name, handler: Handler<Name>): () => void {
    const handlers: Set<Handler<Name>> = this.#handlers[name];
    handlers.add(handler);
    const waiting: DeviceEventMap[Name][] = this.#waiting[name];
    for (const event of waiting.splice(0)) this.emit(name, event);
    for (const attached of this.#attached) attached(name);
    return () => void handlers.delete(handler);
  }

  onAttached(attached: (name: DeviceEventName) => void): void {
    this.#attached.push(attached);
  }

  hasHandler(name: DeviceEventName): boolean {
    return this.#handlers[name].size > 0;
  }

  emit<Name extends DeviceEventName>(name: Name, event: DeviceEventMap[Name]): void {
    if (this.hasHandler(name)) return void this.deliver(name, event);
    // over before anyone could look
    if (name === 'typing') return;
    const waiting: DeviceEventMap[Name][] = this.#waiting[name];
    waiting.push(event);
    if (waiting.length > LONGEST_WAIT) waiting.shift();
  }

  /** False when a handler failed; the failure is told as `problem`. */
  async deliver<Name extends DeviceEventName>(name: Name, event: DeviceEventMap[Name]): Promise<boolean> {
    const handlers: Set<Handler<Name>> = this.#handlers[name];
    const results = await Promise.allSettled([...handlers].map(async (handler) => handler(event)));
    const failures = results.filter((result) => result.status === 'rejected');
    // A handler of `problem` that fails has nobody left to tell.
    if (name !== 'problem') for (const { reason } of failures) this.emit('problem', { error: reason });
    return failures.length === 0;
  }
}

const noHandlers = (): Handlers => ({
  message: new Set(),
  request: new Set(),
  'request-withdrawn': new Set(),
  'route-switched': new Set(),
  granted: new Set(),
  state: new Set(),
  report: new Set(),
  limited: new Set(),
  typing: new Set(),
  'key-change': new Set(),
  'key-change-held': new Set(),
  'device-list': new Set(),
  'edge-changed': new Set(),
  'trust-problem': new Set(),
  'refused-item': new Set(),
  vanished: new Set(),
  ledger: new Set(),
  connection: new Set(),
  problem: new Set(),
});

const nothingWaiting = (): Waiting => ({
  message: [],
  request: [],
  'request-withdrawn': [],
  'route-switched': [],
  granted: [],
  state: [],
  report: [],
  limited: [],
  typing: [],
  'key-change': [],
  'key-change-held': [],
  'device-list': [],
  'edge-changed': [],
  'trust-problem': [],
  'refused-item': [],
  vanished: [],
  ledger: [],
  connection: [],
  problem: [],
});
