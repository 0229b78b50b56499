import {
  abuseDecisionSchema,
  abuseDecisionsSchema,
  challengeOffersSchema,
  type ChallengeAnswer,
  type AppealGrounds,
  acceptedSchema,
  accountErasedSchema,
  accountExportSchema,
  accountDevicesSchema,
  aliasListSchema,
  begunLinkSchema,
  bundlesSchema,
  contactSchema,
  conversationDevicesSchema,
  edgeDescriptionSchema,
  explainedRouteSchema,
  gatewayDescriptionSchema,
  issuerDirectorySchema,
  grantedSchema,
  inboxPageSchema,
  keyCountSchema,
  linkedSchema,
  linkListSchema,
  madeAliasSchema,
  ledgerPageSchema,
  messageStatusSchema,
  planSchema,
  policiesSchema,
  preferencesSchema,
  privacySchema,
  registeredSchema,
  reportedSchema,
  requestPageSchema,
  type AccountPrivacy,
  type AliasKind,
  type ChangePreferences,
  type ConversationPrivacy,
  type Findable,
  type LinkAccountsRequest,
} from '@causeway/api-contract';
import type {
  ConsentPolicy,
  ContactId,
  ConversationId,
  DeviceId,
  MessageId,
  NativeAddress,
} from '@causeway/message-model';
import { ISSUER_DIRECTORY_PATH } from '@causeway/privacy-pass';
import { callGateway, NO_ANSWER, type Call, type HttpOptions } from './http-call.js';
import { exchangeVoucher } from './exchange-voucher.js';

/** Whom a route or message is for, as the gateway is told. */
export type WireTarget =
  | { readonly kind: 'conversation'; readonly conversation: ConversationId }
  | { readonly kind: 'contact'; readonly contact: ContactId }
  | { readonly kind: 'address'; readonly address: string };

/** The REST contract, one method per call. Every failure is a `ProblemError` or a `GatewayUnreachableError`. */
export class GatewayApi {
  constructor(private readonly options: HttpOptions) {}

  withToken(token: string): GatewayApi {
    return new GatewayApi({ ...this.options, token });
  }

  describe = () => this.call({ method: 'GET', path: '/.well-known/causeway', answer: gatewayDescriptionSchema });
  /** `json` is the registration as stored: a repeated one has to be identical. */
  register = (json: string) => this.call({ method: 'POST', path: '/v1/accounts', json, answer: registeredSchema });
  edge = () => this.call({ method: 'GET', path: '/v1/edge', answer: edgeDescriptionSchema });
  ownDevices = () => this.call({ method: 'GET', path: '/v1/account/devices', answer: accountDevicesSchema });
  updateDevices = (body: unknown) => this.call({ method: 'PUT', path: '/v1/account/devices', body, answer: NO_ANSWER });
  exportAccount = () => this.call({ method: 'GET', path: '/v1/account/export', answer: accountExportSchema });
  eraseAccount = (erasure: unknown) =>
    this.call({ method: 'DELETE', path: '/v1/account', body: { erasure }, answer: accountErasedSchema });
  uploadKeys = (body: unknown) => this.call({ method: 'PUT', path: '/v1/keys', body, answer: NO_ANSWER });
  keyCount = () => this.call({ method: 'GET', path: '/v1/keys/count', answer: keyCountSchema });

  takeBundles = (body: { conversation?: ConversationId; of: 'peer' | 'self'; devices: readonly DeviceId[] }) =>
    this.call({ method: 'POST', path: '/v1/key-bundles', body, answer: bundlesSchema });
  conversationDevices = (conversation: ConversationId) =>
    this.call({ method: 'GET', path: `/v1/conversations/${conversation}/devices`, answer: conversationDevicesSchema });

  planRoute = (to: WireTarget, asked: { readonly floor?: 'sealed' | 'clear'; readonly stays?: boolean } = {}) =>
    this.call({ method: 'POST', path: '/v1/routes', body: { to, ...asked }, answer: planSchema });
  explainRoute = (to: WireTarget, floor?: 'sealed' | 'clear') =>
    this.call({ method: 'POST', path: '/v1/routes/explain', body: { to, floor }, answer: explainedRouteSchema });
  preferences = () => this.call({ method: 'GET', path: '/v1/preferences', answer: preferencesSchema });
  changePreferences = (body: ChangePreferences) =>
    this.call({ method: 'PUT', path: '/v1/preferences', body, answer: preferencesSchema });
  changePeerPreferences = (body: ({ peer: string } | { contact: ContactId }) & Omit<ChangePreferences, 'networksOn'>) =>
    this.call({ method: 'PUT', path: '/v1/preferences/peer', body, answer: preferencesSchema });
  addContact = (body: { keyId: string; sealedAddress: Uint8Array }) =>
    this.call({ method: 'POST', path: '/v1/contacts', body, answer: contactSchema });

  removeContact = (contact: ContactId) =>
    this.call({ method: 'DELETE', path: `/v1/contacts/${contact}`, answer: NO_ANSWER });

  links = () => this.call({ method: 'GET', path: '/v1/links', answer: linkListSchema });
  beginLink = (body: { keyId: string; sealedAddress: Uint8Array }) =>
    this.call({ method: 'POST', path: '/v1/links/numbers', body, answer: begunLinkSchema });
  proveLink = (challenge: string, code: string) =>
    this.call({
      method: 'POST',
      path: `/v1/links/numbers/${encodeURIComponent(challenge)}/proof`,
      body: { code },
      answer: NO_ANSWER,
    });
  linkAccounts = (body: LinkAccountsRequest) =>
    this.call({ method: 'POST', path: '/v1/links/accounts', body, answer: linkedSchema });
  setFindable = (link: string, by: Findable) =>
    this.call({
      method: 'PUT',
      path: `/v1/links/${encodeURIComponent(link)}/findable`,
      body: { by },
      answer: NO_ANSWER,
    });
  revokeLink = (link: string) =>
    this.call({ method: 'DELETE', path: `/v1/links/${encodeURIComponent(link)}`, answer: NO_ANSWER });
  setCrossNetwork = (isOn: boolean) =>
    this.call({ method: 'PUT', path: '/v1/account/cross-network', body: { isOn }, answer: NO_ANSWER });

  makeAlias = (body: { kind: AliasKind; expiresInSeconds?: number }) =>
    this.call({ method: 'POST', path: '/v1/aliases', body, answer: madeAliasSchema });
  aliases = () => this.call({ method: 'GET', path: '/v1/aliases', answer: aliasListSchema });
  revokeAlias = (alias: string) =>
    this.call({ method: 'DELETE', path: `/v1/aliases/${encodeURIComponent(alias)}`, answer: NO_ANSWER });
  privacy = (conversation: ConversationId | undefined) =>
    this.call({
      method: 'GET',
      path: `/v1/account/privacy${conversation === undefined ? '' : `?conversation=${conversation}`}`,
      answer: privacySchema,
    });
  setAccountPrivacy = (body: AccountPrivacy) =>
    this.call({ method: 'PUT', path: '/v1/account/privacy', body, answer: NO_ANSWER });
  setConversationPrivacy = (conversation: ConversationId, body: ConversationPrivacy) =>
    this.call({ method: 'PUT', path: `/v1/conversations/${conversation}/privacy`, body, answer: NO_ANSWER });
  indicate = (body: { contact: ContactId; keyId: string; sealed: Uint8Array }) =>
    this.call({ method: 'POST', path: '/v1/indications', body, answer: NO_ANSWER });

  allowUnencrypted = (contact: ContactId) =>
    this.call({ method: 'DELETE', path: `/v1/contacts/${contact}/encryption`, answer: NO_ANSWER });

  sendMessage = (messageId: MessageId, json: string) =>
    this.call({ method: 'POST', path: '/v1/messages', json, idempotencyKey: messageId, answer: acceptedSchema });
  message = (id: string) =>
    this.call({ method: 'GET', path: `/v1/messages/${encodeURIComponent(id)}`, answer: messageStatusSchema });
  cancelMessage = (id: string) =>
    this.call({ method: 'DELETE', path: `/v1/messages/${encodeURIComponent(id)}`, answer: NO_ANSWER });

  inbox = (limit: number) => this.call({ method: 'GET', path: `/v1/inbox?limit=${limit}`, answer: inboxPageSchema });
  acknowledge = (ids: readonly string[]) =>
    this.call({ method: 'POST', path: '/v1/inbox/acknowledgements', body: { ids }, answer: NO_ANSWER });

  policies = () => this.call({ method: 'GET', path: '/v1/retention/policies', answer: policiesSchema });
  policiesOf = (conversation: ConversationId) =>
    this.call({ method: 'GET', path: `/v1/retention/policies?conversation=${conversation}`, answer: policiesSchema });
  askPolicy = (body: { class: string; keepSeconds: number | null; conversation?: ConversationId }) =>
    this.call({ method: 'PUT', path: '/v1/retention/policies', body, answer: policiesSchema });
  ledger = (after: number, limit: number) =>
    this.call({ method: 'GET', path: `/v1/retention/ledger?after=${after}&limit=${limit}`, answer: ledgerPageSchema });

  requests = () => this.call({ method: 'GET', path: '/v1/requests', answer: requestPageSchema });
  grant = (request: string) =>
    this.call({ method: 'POST', path: `/v1/requests/${encodeURIComponent(request)}/grant`, answer: grantedSchema });
  refuse = (request: string) =>
    this.call({ method: 'POST', path: `/v1/requests/${encodeURIComponent(request)}/refuse`, answer: NO_ANSWER });
  setConsentPolicy = (policy: ConsentPolicy) =>
    this.call({ method: 'PUT', path: '/v1/account/consent-policy', body: { policy }, answer: NO_ANSWER });
  allow = (peer: NativeAddress) =>
    this.call({ method: 'PUT', path: '/v1/consents', body: { peer: peer.uri, decision: 'grant' }, answer: NO_ANSWER });
  revoke = (peer: NativeAddress) =>
    this.call({ method: 'PUT', path: '/v1/consents', body: { peer: peer.uri, decision: 'revoke' }, answer: NO_ANSWER });

  abuseDecisions = () => this.call({ method: 'GET', path: '/v1/abuse/decisions', answer: abuseDecisionsSchema });
  appeal = (id: string, grounds: AppealGrounds) =>
    this.call({
      method: 'POST',
      path: `/v1/abuse/decisions/${encodeURIComponent(id)}/appeal`,
      body: { grounds },
      answer: abuseDecisionSchema,
    });

  challenges = (id: string) =>
    this.call({
      method: 'GET',
      path: `/v1/abuse/decisions/${encodeURIComponent(id)}/challenges`,
      answer: challengeOffersSchema,
    });
  answerChallenge = (id: string, body: ChallengeAnswer) =>
    this.call({
      method: 'POST',
      path: `/v1/abuse/decisions/${encodeURIComponent(id)}/challenges`,
      body,
      answer: abuseDecisionSchema,
    });
  tokenIssuer = () => this.call({ method: 'GET', path: ISSUER_DIRECTORY_PATH, answer: issuerDirectorySchema });
  signBlindly = (path: string, voucher: string, request: Uint8Array) =>
    exchangeVoucher(this.options, { path, voucher, request });

  report = (body: unknown) => this.call({ method: 'POST', path: '/v1/reports', body, answer: reportedSchema });
  revokeStatement = (id: string) =>
    this.call({ method: 'DELETE', path: `/v1/statements/${encodeURIComponent(id)}`, answer: NO_ANSWER });
  cancelRequest = (peer: NativeAddress) =>
    this.call({ method: 'PUT', path: '/v1/consents', body: { peer: peer.uri, decision: 'cancel' }, answer: NO_ANSWER });
  decideContact = (contact: ContactId, decision: 'grant' | 'revoke') =>
    this.call({ method: 'PUT', path: '/v1/consents', body: { contact, decision }, answer: NO_ANSWER });

  private call<T>(call: Call<T>): Promise<T> {
    return callGateway(call, this.options);
  }
}
