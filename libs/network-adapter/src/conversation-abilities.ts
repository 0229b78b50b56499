import type { Bytes, Capabilities } from '@causeway/message-model';
import type { Plaintext } from '@causeway/platform';
import { hasAbility, type Unavailable } from './abilities.js';
import type { LegEncryption } from './deliver-outcome.js';

/** The two ends of a conversation on a clear network: our bridge number or agent, and the person. */
export interface Ends {
  readonly from: string;
  readonly to: Plaintext;
}

/** What the network knows of one person's phone at this moment. */
export type RecipientStanding =
  | {
      readonly kind: 'reachable';
      /** Never more than the adapter's own `capabilities` declare. */
      readonly capabilities: Capabilities;
      /** `undefined` when the network does not say. */
      readonly isOnline: boolean | undefined;
      readonly encryption: LegEncryption;
    }
  /** Not on this network, or not any more: another network of the plan is tried at once. */
  | { readonly kind: 'not-on-this-network' }
  | Unavailable;

/** Can ask the network what a person's phone can do, without anything reaching the person. */
export interface ChecksRecipients {
  checkRecipient(ends: Ends): Promise<RecipientStanding>;
}

/** An indication that is lost without harm: sent at most once, never repeated. */
export type Indicated = { readonly kind: 'indicated' } | Unavailable;

/** Can show the person that someone is writing. Only called where both people's privacy switches allow it. */
export interface ShowsTyping {
  showTyping(ends: Ends, isTyping: boolean): Promise<Indicated>;
}

/** Can tell the person that their message was read. Only called where both people's privacy switches allow it. */
export interface ReportsRead {
  /** `externalId` is that of an inbound message. */
  reportRead(ends: Ends, externalId: string): Promise<Indicated>;
}

/** Can fetch what a person attached, with the credentials the network wants for it. */
export interface FetchesMedia {
  /** `url` is that of an inbound message's media, of this network's own hosts or refused as `gone`; reading ends past `limitBytes`. */
  fetchMedia(
    url: Plaintext,
    limitBytes: number,
  ): Promise<
    | { readonly kind: 'media'; readonly contentType: string; readonly content: Bytes }
    | { readonly kind: 'gone' }
    | { readonly kind: 'too-large' }
    | Unavailable
  >;
}

export const canCheckRecipients = <A extends object>(adapter: A): adapter is A & ChecksRecipients =>
  hasAbility(adapter, 'checkRecipient');
export const canShowTyping = <A extends object>(adapter: A): adapter is A & ShowsTyping =>
  hasAbility(adapter, 'showTyping');
export const canReportRead = <A extends object>(adapter: A): adapter is A & ReportsRead =>
  hasAbility(adapter, 'reportRead');
export const canFetchMedia = <A extends object>(adapter: A): adapter is A & FetchesMedia =>
  hasAbility(adapter, 'fetchMedia');
