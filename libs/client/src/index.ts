/**
 * The native device SDK of Causeway: register, write, read, verify. It does all the cryptography, keeps everything
 * encrypted in one folder, and believes signatures, never the gateway.
 */
export { Device } from './device.js';
export type { MessageInquiry } from './message-reference.js';
export type {
  FolderOptions,
  JoinOptions,
  OfferOptions,
  OpenOptions,
  RegisterOptions,
  RuntimeOptions,
} from './device-options.js';
export type {
  ContactRequest,
  DeviceEventMap,
  DeviceEventName,
  DeviceListChange,
  EdgeChange,
  Handler,
  KeyChange,
  MessageReport,
  MessageStateChange,
  ReceivedMessage,
  RefusalReason,
  RefusedItem,
  SendingState,
  TrustProblem,
  TypingNotice,
} from './device-events.js';
export type { AttachOptions, CardOptions } from './actions.js';
export { CARD_LIMITS, cardsOf } from '@causeway/message-model';
export { CausewayError } from '@causeway/message-model';
export type {
  AccountId,
  AttachmentReference,
  ContentCard,
  ContentSuggestion,
  ConversationId,
  DeviceId,
  Expiration,
  InlineFile,
  MessageId,
  MessageState,
  MimiContent,
} from '@causeway/message-model';
export type { PrivacySwitches } from '@causeway/message-model';
export type { Privacy } from './privacy.js';
export type { AddressBook } from './address-book.js';
export type { SendOptions } from './compose.js';
export type { SentMessage } from './outgoing.js';
export type { LocalMessage, MessageFilter } from './local-messages.js';
export type { Preview, ShownMessage } from './records.js';
export { TrustError, type TrustFailure } from './trust-error.js';
export { GatewayUnreachableError, ProblemError } from './problem-error.js';
export { NotPrimaryError } from './own-list.js';
export { LinkError } from './linking.js';
export { WrongFolderKeyError, type FolderLock } from './folder-key.js';
