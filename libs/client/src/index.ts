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
  KeyChangeHeld,
  MessageReport,
  MessageStateChange,
  ReceivedMessage,
  RefusalReason,
  RefusedItem,
  RouteSwitch,
  Limited,
  SendingState,
  TrustProblem,
  TypingNotice,
} from './device-events.js';
export type { RouteRules } from './routing.js';
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
export type { AccountErased, AccountExport } from '@causeway/api-contract';
export type { DeviceRetention, KeepWish, KeptClass } from './device-retention.js';
export type { DeletionOutcome, DeletionTruth } from './deletion-truth.js';
export type { ReportOptions, ReportOutcome } from './report-message.js';
export type { PrivacySwitches } from '@causeway/message-model';
export type { Privacy } from './privacy.js';
export type { Limits, PendingPass } from './limits.js';
export type { SendOptions } from './compose.js';
export type { SentMessage } from './outgoing.js';
export type { LocalMessage, MessageFilter } from './local-messages.js';
export { Links, type Link, type LinkChallenge } from './links.js';
export { Aliases, type Alias } from './aliases.js';
export { ContactBook, type Contact } from './contact-book.js';
export type { Preview, ShownMessage, ShownPermission } from './records.js';
export { TrustError, type TrustFailure } from './trust-error.js';
export { GatewayUnreachableError, ProblemError } from './problem-error.js';
export { NotPrimaryError } from './own-list.js';
export { LinkError } from './linking.js';
export { WrongFolderKeyError, type FolderLock } from './folder-key.js';
