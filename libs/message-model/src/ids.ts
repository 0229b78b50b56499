import { randomBytes } from 'node:crypto';
import { toBase64Url, fromBase64Url, type Bytes, toBytes } from './bytes.js';

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

export type TenantId = Branded<string, 'TenantId'>;
export type AccountId = Branded<string, 'AccountId'>;
/** 1 to 127; the primary device, which holds the account key, is 1. */
export type DeviceId = Branded<number, 'DeviceId'>;
/** A random id under which one account writes to an address on another network. */
export type ContactId = Branded<string, 'ContactId'>;
export type ConversationId = Branded<string, 'ConversationId'>;
export type LaneId = Branded<string, 'LaneId'>;
/** MIMI message id: 32 bytes, the first 0x01 (sha-256), as base64url. */
export type MessageId = Branded<string, 'MessageId'>;
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

export const parseTenantId = (text: string): TenantId | undefined =>
  TENANT.test(text) ? (text as TenantId) : undefined;
export const parseAccountId = opaque<AccountId>('a_');
export const parseContactId = opaque<ContactId>('c_');
export const parseConversationId = opaque<ConversationId>('r_');
export const parseLaneId = opaque<LaneId>('l_');
export const parseBoxId = opaque<BoxId>('');
export const parseDeviceId = (value: number): DeviceId | undefined =>
  Number.isInteger(value) && value >= 1 && value <= 127 ? (value as DeviceId) : undefined;

const random16 = (): string => toBase64Url(randomBytes(16));
export const mintAccountId = (): AccountId => `a_${random16()}` as AccountId;
export const mintContactId = (): ContactId => `c_${random16()}` as ContactId;
export const mintConversationId = (): ConversationId => `r_${random16()}` as ConversationId;
export const mintLaneId = (): LaneId => `l_${random16()}` as LaneId;
export const mintBoxId = (): BoxId => random16() as BoxId;
export const PRIMARY_DEVICE = 1 as DeviceId;

export function parseMessageId(text: string): MessageId | undefined {
  const bytes = fromBase64Url(text);
  return bytes?.length === 32 && bytes[0] === 1 ? (text as MessageId) : undefined;
}

export function messageIdFromBytes(bytes: Uint8Array): MessageId | undefined {
  return parseMessageId(toBase64Url(bytes));
}

export function messageIdToBytes(id: MessageId): Bytes {
  return toBytes(Buffer.from(id, 'base64url'));
}

/** m = message, i = inbox item. Adding a class is adding a partitioned table. */
export type TransitClass = 'm' | 'i';
const TRANSIT = /^([mi])([0-9a-z]{6})([A-Za-z0-9_-]{22})$/;

/** `purgeAt` is rounded up to the hour: a row never leaves before its time. Unit: milliseconds since the epoch. */
export function mintTransitId(kind: TransitClass, purgeAtMs: number, random: string = random16()): TransitId {
  const hour = Math.ceil(purgeAtMs / 3_600_000);
  return `${kind}${hour.toString(36).padStart(6, '0')}${random}` as TransitId;
}

export function parseTransitId(text: string): TransitId | undefined {
  return TRANSIT.test(text) ? (text as TransitId) : undefined;
}

/** Hours since the epoch; the partition key of the row. */
export function purgeHourOf(id: TransitId): number {
  return Number.parseInt(id.slice(1, 7), 36);
}

export const transitIdRandom = (id: TransitId): string => id.slice(7);
