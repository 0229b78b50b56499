import { randomBytes } from 'node:crypto';
import { toBase64Url, fromBase64Url, type Bytes, toBytes } from './bytes.js';

/** The mark exists in types only; a named property, unlike a symbol, can be written into the declarations of a package. */
type Branded<T, Name extends string> = T & { readonly '~id': Name };

/** One organisation on a shared gateway: a short lower-case name, part of every key. */
export type TenantId = Branded<string, 'TenantId'>;
/** A person on a native network; random, so it says nothing of who they are. */
export type AccountId = Branded<string, 'AccountId'>;
/** 1 to 127; the primary device, which holds the account key, is 1. */
export type DeviceId = Branded<number, 'DeviceId'>;
/** A random id under which one account writes to an address on another network. */
export type ContactId = Branded<string, 'ContactId'>;
/** Random, minted with the grant and given to both ends. */
export type ConversationId = Branded<string, 'ConversationId'>;
/** The ordered stream of one conversation in one direction on one leg. */
export type LaneId = Branded<string, 'LaneId'>;
/** MIMI message id: 32 bytes, the first 0x01 (sha-256), as base64url. */
export type MessageId = Branded<string, 'MessageId'>;
/** A number or another account that a person showed to be theirs. */
export type LinkId = Branded<string, 'LinkId'>;
/** A one-time code that is on its way. */
export type ChallengeId = Branded<string, 'ChallengeId'>;
/** An address handed out in place of one's own. */
export type AliasId = Branded<string, 'AliasId'>;
/** Chosen by whoever seals a box; 16 random bytes as base64url, part of the box's AAD. */
export type BoxId = Branded<string, 'BoxId'>;
/** Key of a row in the transit schema; carries the hour in which the row's partition is dropped. */
export type TransitId = Branded<string, 'TransitId'>;

const RANDOM_16 = /^[A-Za-z0-9_-]{22}$/;
const TENANT = /^[a-z0-9][a-z0-9-]{0,62}$/;

const opaque =
  <Id extends string>(prefix: string) =>
  (text: string): Id | undefined =>
    text.startsWith(prefix) && RANDOM_16.test(text.slice(prefix.length)) ? (text as Id) : undefined;

// Each parser is the only way from text to its id, and gives `undefined` for everything else.

/** 1 to 63 of `a-z`, `0-9` and `-`. */
export const parseTenantId = (text: string): TenantId | undefined =>
  TENANT.test(text) ? (text as TenantId) : undefined;
/** `a_` and 16 random bytes as base64url; contacts, conversations and lanes likewise, each with its own letter. */
export const parseAccountId = opaque<AccountId>('a_');
/** `c_...` */
export const parseContactId = opaque<ContactId>('c_');
/** `r_...`, the last part of the conversation's room URI. */
export const parseConversationId = opaque<ConversationId>('r_');
/** `l_...` */
export const parseLaneId = opaque<LaneId>('l_');
/** `k_...` */
export const parseLinkId = opaque<LinkId>('k_');
/** `h_...` */
export const parseChallengeId = opaque<ChallengeId>('h_');
/** `w_...` */
export const parseAliasId = opaque<AliasId>('w_');
/** 16 random bytes as base64url, without a prefix. */
export const parseBoxId = opaque<BoxId>('');
/** A whole number from 1 to 127. */
export const parseDeviceId = (value: number): DeviceId | undefined =>
  Number.isInteger(value) && value >= 1 && value <= 127 ? (value as DeviceId) : undefined;

const RANDOM_BYTES = 16;
/** Random bytes for so many ids are asked for at once: asking costs far more than the bytes. */
const AT_ONCE = 128;
let random: Buffer = Buffer.alloc(0);
let used = 0;

/** From a store of random bytes, of which none is used twice. */
function random16(): string {
  if (used === random.length) {
    random = randomBytes(RANDOM_BYTES * AT_ONCE);
    used = 0;
  }
  used += RANDOM_BYTES;
  return random.toString('base64url', used - RANDOM_BYTES, used);
}

/** A new random id, as every `mint...` below; nothing about its owner can be read from it. */
export const mintAccountId = (): AccountId => `a_${random16()}` as AccountId;
/** A new random contact id. */
export const mintContactId = (): ContactId => `c_${random16()}` as ContactId;
/** A new random conversation id. */
export const mintConversationId = (): ConversationId => `r_${random16()}` as ConversationId;
/** A new random lane id. */
export const mintLaneId = (): LaneId => `l_${random16()}` as LaneId;
/** A new random link id. */
export const mintLinkId = (): LinkId => `k_${random16()}` as LinkId;
/** A new random challenge id. */
export const mintChallengeId = (): ChallengeId => `h_${random16()}` as ChallengeId;
/** A new random alias id. */
export const mintAliasId = (): AliasId => `w_${random16()}` as AliasId;
/** A new random box id. */
export const mintBoxId = (): BoxId => random16() as BoxId;
/** The device that holds the account key. */
export const PRIMARY_DEVICE = 1 as DeviceId;

/** The text of 32 bytes that begin with 0x01; what `messageIdOf` makes. */
export function parseMessageId(text: string): MessageId | undefined {
  const bytes = fromBase64Url(text);
  return bytes?.length === 32 && bytes[0] === 1 ? (text as MessageId) : undefined;
}

/** The id in its form on the wire, 32 bytes; `undefined` when it is not one. */
export function messageIdFromBytes(bytes: Uint8Array): MessageId | undefined {
  return parseMessageId(toBase64Url(bytes));
}

/** The 32 bytes of the id, as it stands in content and reports. */
export function messageIdToBytes(id: MessageId): Bytes {
  return toBytes(Buffer.from(id, 'base64url'));
}

/** m = message, i = inbox item, d = decision of the guard. Adding a class is adding a partitioned table. */
export type TransitClass = 'm' | 'i' | 'd';
/** The hour fits the database's 32 bits: below `z00000`. */
const TRANSIT = /^([mid])([0-9a-y][0-9a-z]{5})([A-Za-z0-9_-]{22})$/;

/** `purgeAt` is rounded up to the hour: a row never leaves before its time. Unit: milliseconds since the epoch. */
export function mintTransitId(kind: TransitClass, purgeAtMs: number, random: string = random16()): TransitId {
  const hour = Math.ceil(purgeAtMs / 3_600_000);
  return `${kind}${hour.toString(36).padStart(6, '0')}${random}` as TransitId;
}

/** `undefined` when the text is not a transit id of a known class, or its hour is none that a partition can have (32 bits). */
export function parseTransitId(text: string): TransitId | undefined {
  return TRANSIT.test(text) && hourIn(text) <= 0x7fffffff ? (text as TransitId) : undefined;
}

const hourIn = (text: string): number => Number.parseInt(text.slice(1, 7), 36);

/** Hours since the epoch; the partition key of the row. */
export function purgeHourOf(id: TransitId): number {
  return hourIn(id);
}

/** Whether the row was to leave by now: nobody is shown it any more, whether or not its partition is gone. */
export const hasLeft = (id: TransitId, nowMs: number): boolean => purgeHourOf(id) * 3_600_000 <= nowMs;

/** The random part: what a row may be named by where its class and hour must not show. */
export const transitIdRandom = (id: TransitId): string => id.slice(7);
