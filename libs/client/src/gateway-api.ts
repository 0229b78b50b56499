import {
  acceptedSchema,
  accountDevicesSchema,
  bundlesSchema,
  contactSchema,
  conversationDevicesSchema,
  edgeDescriptionSchema,
  gatewayDescriptionSchema,
  grantedSchema,
  inboxPageSchema,
  keyCountSchema,
  messageStatusSchema,
  planSchema,
  privacySchema,
  registeredSchema,
  requestPageSchema,
  type AccountPrivacy,
  type ConversationPrivacy,
} from '@causeway/api-contract';
import type { ConversationId, DeviceId, MessageId, NativeAddress, ContactId } from '@causeway/message-model';
import { callGateway, NO_ANSWER, type Call, type HttpOptions } from './http-call.js';

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
  uploadKeys = (body: unknown) => this.call({ method: 'PUT', path: '/v1/keys', body, answer: NO_ANSWER });
  keyCount = () => this.call({ method: 'GET', path: '/v1/keys/count', answer: keyCountSchema });

  takeBundles = (body: { conversation?: ConversationId; of: 'peer' | 'self'; devices: readonly DeviceId[] }) =>
    this.call({ method: 'POST', path: '/v1/key-bundles', body, answer: bundlesSchema });
  conversationDevices = (conversation: ConversationId) =>
    this.call({ method: 'GET', path: `/v1/conversations/${conversation}/devices`, answer: conversationDevicesSchema });

  planRoute = (to: WireTarget) => this.call({ method: 'POST', path: '/v1/routes', body: { to }, answer: planSchema });
  addContact = (body: { keyId: string; sealedAddress: Uint8Array }) =>
    this.call({ method: 'POST', path: '/v1/contacts', body, answer: contactSchema });

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

  requests = () => this.call({ method: 'GET', path: '/v1/requests', answer: requestPageSchema });
  grant = (request: string) =>
    this.call({ method: 'POST', path: `/v1/requests/${encodeURIComponent(request)}/grant`, answer: grantedSchema });
  refuse = (request: string) =>
    this.call({ method: 'POST', path: `/v1/requests/${encodeURIComponent(request)}/refuse`, answer: NO_ANSWER });
  setConsentPolicy = (policy: 'ask' | 'anyone') =>
    this.call({ method: 'PUT', path: '/v1/account/consent-policy', body: { policy }, answer: NO_ANSWER });
  allow = (peer: NativeAddress) =>
    this.call({ method: 'PUT', path: '/v1/consents', body: { peer: peer.uri, decision: 'grant' }, answer: NO_ANSWER });
  revoke = (peer: NativeAddress) =>
    this.call({ method: 'PUT', path: '/v1/consents', body: { peer: peer.uri, decision: 'revoke' }, answer: NO_ANSWER });

  private call<T>(call: Call<T>): Promise<T> {
    return callGateway(call, this.options);
  }
}
