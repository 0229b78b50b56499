import {
  type AccountId,
  type Bytes,
  type ContactId,
  type ConversationId,
  type LaneId,
  type MessageId,
  type TenantId,
  type TransitId,
} from '@causeway/message-model';
import type { DeviceRef, StoredDeviceList } from './account.store.js';
import type { SealedContact } from './contact.store.js';

export interface AttemptKey {
  readonly ref: TransitId;
  readonly attempt: number;
}

export interface AttemptRow extends AttemptKey {
  readonly network: string;
  readonly isSimulated: boolean;
  readonly bridgeNumberId: string;
  readonly startedAt: Date;
  readonly outcome: string;
  readonly vendorCode: string | null;
  readonly segments: number | null;
  readonly sealedExternalId: Bytes | null;
}

export interface SealedEnvelope {
  readonly sealed: Bytes;
  readonly statement: Bytes | null;
}

/** What an attempt came to, and what becomes of its message and lane. */
export interface AttemptOutcome extends AttemptKey {
  readonly outcome:
    'accepted' | 'sent' | 'delivered' | 'displayed' | 'failed' | 'not-sent' | 'withdrawn' | 'unknown' | 'unconfirmed';
  /** The message's new state; null leaves it. */
  readonly state: 'ready' | 'sending' | 'sent' | 'delivered' | 'failed' | 'expired' | 'unconfirmed' | null;
  readonly reason?: string | undefined;
  readonly vendorCode?: string | undefined;
  readonly segments?: number | undefined;
  readonly sealedExternalId?: Bytes | undefined;
  /** The message has no further attempt: it leaves its lane and its envelope goes. */
  readonly leavesLane: boolean;
  /** When to look at this attempt again without news of it; null closes it. */
  readonly lookAgainAt: Date | null;
  /** With the state `ready`: the message is not to be tried before. */
  readonly retryAt?: Date | undefined;
  /** It stays in its lane with its words, since another network may have to carry it, and holds nobody back. */
  readonly isHeld?: boolean | undefined;
  /** With the state `ready`: its lane leaves this network for a while. */
  readonly fallsBack?: { readonly from: string; readonly until: Date } | undefined;
}

export interface Moved {
  readonly sender: DeviceRef;
  readonly lane: LaneId;
  /** The message held others back until now; their lane is due if there are any. */
  readonly hasLeftLane: boolean;
  /** Nothing is left in the lane: it rests, and nobody has to look at it. */
  readonly isLaneEmpty: boolean;
}

/** What an attempt came to, with the external id by which the network knows it. */
export interface AttemptWord extends AttemptOutcome {
  /** Claims the external id, of which this is a keyed digest, for `owner`; known until `purgeHour`. */
  readonly claim?: ExternalIdClaim | undefined;
}

export interface ExternalIdClaim {
  readonly digest: Uint8Array;
  readonly owner: string;
  readonly purgeHour: number;
  /** A word about an id that is another attempt's counts for nothing. False where the network itself just told us the id. */
  readonly isDecisive: boolean;
}

/** `anothers`: the external id belongs to another attempt, and nothing was written. `known`: nothing new was said. */
export type Recorded =
  { readonly kind: 'anothers' } | { readonly kind: 'known' } | { readonly kind: 'moved'; readonly moved: Moved };

export interface NewAttempt extends AttemptKey {
  readonly network: string;
  readonly isSimulated: boolean;
  readonly bridgeNumberId: string;
  readonly startedAt: Date;
  readonly callBefore: Date;
  /** `use` names one of its uses: a message's own statement has one, that of a conversation one for each message. */
  readonly statement: { readonly tenant: TenantId; readonly id: string; readonly use: string };
}

export type Begun = 'begun' | 'taken' | 'statement-used' | 'statement-revoked';

/** What a call to a network is made from, besides the message's own row. */
export interface AttemptMaterial {
  readonly contact: SealedContact | null;
  /** Null once the words are gone. */
  readonly envelope: SealedEnvelope | null;
  /** Of the sender, as stored: nothing of it is verified. */
  readonly deviceList: StoredDeviceList | null;
}

/** What reconciling an attempt needs to know of its message. */
export interface ClearMessage {
  readonly ref: TransitId;
  readonly messageId: MessageId;
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly conversation: ConversationId;
  readonly contact: ContactId | null;
  readonly onUnknown: 'report' | 'resend';
  readonly lane: LaneId;
  readonly deliverBefore: Date;
  readonly networks: readonly string[];
  readonly state: string;
  /** The carrier called the number unassigned, and nothing has arrived there since. */
  readonly isContactUnknown: boolean;
}
