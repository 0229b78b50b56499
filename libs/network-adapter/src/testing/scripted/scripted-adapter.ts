import { createHash } from 'node:crypto';
import type { Capabilities } from '@causeway/message-model';
import { Plaintext } from '@causeway/platform';
import type { LookUpQuestion, SentMessage } from '../../abilities.js';
import { ADAPTER_CONTRACT_VERSION, type ClearAdapter } from '../../adapter.js';
import { refuseUndeclared } from '../../carry.js';
import type { DeliverOutcome, NotDelivered } from '../../deliver-outcome.js';
import type { InboundMessage, RawRequest } from '../../inbound.js';
import type { Attempt, ClearOutbound } from '../../outbound.js';
import { textsOf } from '../../outbound-body.js';
import type { DeliveredMessage } from '../adapter-harness.js';
import { ConnectionEnded, type ScriptedAnswer, type ScriptedNetwork } from './scripted-network.js';
import { receiveScripted, withWord } from './scripted-events.js';

export const SCRIPTED_CAPABILITIES: Capabilities = {
  features: {
    text: 'full',
    markdown: 'unsupported-with-fallback',
    reply: 'full',
    reaction: 'full',
    edit: 'full',
    delete: 'full',
    attachment: 'full',
    card: 'full',
    // one feature is not there, so that an adapter that takes it all the same can be caught
    carousel: 'rejected',
    suggestion: 'full',
    typing: 'full',
    'expiry-after-reading': 'rejected',
    'expiry-at-time': 'full',
    'delivery-report': 'full',
    'read-report': 'full',
  },
  limits: { textCharacters: 200, textBytes: 500, attachmentBytes: 10_000 },
};

const TIMEOUT_MS = 250;
const later = (reason: 'network-unavailable' | 'no-answer', certainty: NotDelivered['certainty']): NotDelivered => ({
  kind: 'failed',
  reason,
  retry: 'later',
  certainty,
});

/** Keeps every law on a network that can do everything: what planted faults are planted into. */
export class ScriptedAdapter implements ClearAdapter {
  readonly contractVersion = ADAPTER_CONTRACT_VERSION;
  readonly network = 'scripted';
  readonly isSimulated = true;
  readonly regions = ['nowhere'];
  readonly confidentiality = 'clear';
  private readonly inFlight = new Set<Promise<unknown>>();
  private isDisposed = false;
  readonly #network: ScriptedNetwork | undefined;

  /** Without a network there is nobody to connect to. */
  constructor(network?: ScriptedNetwork) {
    this.#network = network;
  }

  async capabilities(): Promise<Capabilities> {
    return SCRIPTED_CAPABILITIES;
  }

  externalIdOf(ref: string): string {
    return createHash('sha256').update(ref).digest('hex').slice(0, 32);
  }

  async deliver(outbound: ClearOutbound, attempt: Attempt): Promise<DeliverOutcome> {
    const refused = refuseUndeclared(outbound, SCRIPTED_CAPABILITIES, Date.now());
    if (refused) return refused;
    const isTooLate = attempt.signal.aborted || Date.now() >= attempt.callBeforeMs;
    if (this.isDisposed || isTooLate || !this.#network) return later('network-unavailable', 'not-sent');
    const call = this.call(this.#network, outbound, attempt);
    this.inFlight.add(call);
    return call.finally(() => this.inFlight.delete(call));
  }

  async receive(request: RawRequest) {
    return receiveScripted(request);
  }

  async withdraw({ externalId }: SentMessage) {
    const held = this.#network?.find(externalId);
    if (!held || held.state === 'delivered') return { kind: 'too-late' as const };
    held.state = 'withdrawn';
    return { kind: 'withdrawn' as const };
  }

  async lookUp({ from, to, startedAtMs }: LookUpQuestion) {
    const found = this.#network?.search(from, to.reveal()) ?? [];
    const candidates = found
      .filter(({ createdAtMs }) => createdAtMs >= startedAtMs)
      .map(({ request, createdAtMs }) => ({ externalId: request.id, createdAtMs, status: 'sent' as const }));
    return { kind: 'candidates' as const, candidates };
  }

  async listReceived(bridgeNumber: string, sinceMs: number) {
    const received = (this.#network?.received ?? []).filter(({ atMs }) => atMs >= sinceMs);
    const messages = received.map(({ id, text, atMs }): InboundMessage => ({
      kind: 'message',
      externalId: id,
      from: new Plaintext('+14155550123'),
      to: bridgeNumber,
      text: new Plaintext(text),
      media: [],
      receivedAtMs: atMs,
    }));
    return { kind: 'messages' as const, messages: messages.flatMap(withWord) };
  }

  async fetchStatus(externalId: string) {
    if (this.isDisposed) return { kind: 'unavailable' as const };
    const held = this.#network?.find(externalId);
    if (!held) return { kind: 'absent' as const };
    return { kind: 'status' as const, status: held.state === 'delivered' ? ('delivered' as const) : ('sent' as const) };
  }

  async forget(externalId: string) {
    this.#network?.forget(externalId);
    return { kind: 'forgotten' as const };
  }

  async checkRecipient() {
    if (!this.#network?.isMember) return { kind: 'not-on-this-network' as const };
    const { isOnline, isEncrypted } = this.#network;
    const encryption = isEncrypted ? ('end-to-end' as const) : ('none' as const);
    return { kind: 'reachable' as const, capabilities: SCRIPTED_CAPABILITIES, isOnline, encryption };
  }

  async showTyping(_ends: object, isTyping: boolean) {
    if (this.#network) this.#network.isTypingSeen = isTyping;
    return { kind: 'indicated' as const };
  }

  async reportRead(_ends: object, externalId: string) {
    this.#network?.read.push(externalId);
    return { kind: 'indicated' as const };
  }

  async fetchMedia(url: Plaintext, limitBytes: number) {
    const file = this.#network?.files.get(url.reveal());
    if (!file) return { kind: 'gone' as const };
    return file.content.length > limitBytes ? { kind: 'too-large' as const } : { kind: 'media' as const, ...file };
  }

  async dispose(): Promise<void> {
    this.isDisposed = true;
    await Promise.allSettled(this.inFlight);
  }

  private async call(network: ScriptedNetwork, outbound: ClearOutbound, { signal }: Attempt): Promise<DeliverOutcome> {
    const id = this.externalIdOf(outbound.ref);
    const { from, to, isEncryptionRequired = false } = outbound;
    const request = { id, from, to: to.reveal(), shown: shownOf(outbound), mustBeEncrypted: isEncryptionRequired };
    let giveUp: () => void = () => undefined;
    const given = new Promise<'given-up'>((resolve) => (giveUp = () => resolve('given-up')));
    const timer = setTimeout(giveUp, TIMEOUT_MS);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const answer = await Promise.race([network.send(request), given]);
      return answer === 'given-up' ? later('no-answer', 'maybe-sent') : outcomeOf(id, answer);
    } catch (thrown) {
      return later('no-answer', thrown instanceof ConnectionEnded && !thrown.isSent ? 'not-sent' : 'maybe-sent');
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }
}

function outcomeOf(externalId: string, answer: ScriptedAnswer): DeliverOutcome {
  switch (answer.kind) {
    case 'taken':
      return { kind: 'accepted', externalId, encryption: answer.isEncrypted ? 'end-to-end' : 'none' };
    case 'busy': {
      const { retryAfterMs } = answer;
      return { kind: 'failed', reason: 'congested', retry: 'later', certainty: 'not-sent', retryAfterMs };
    }
    case 'failed':
      return later('network-unavailable', 'maybe-sent');
    case 'refused': {
      const vendorCode = answer.code;
      if (vendorCode === 'not-encrypted')
        return { kind: 'failed', reason: 'encryption-unavailable', retry: 'never', certainty: 'not-sent', vendorCode };
      if (vendorCode === 'no-such-person')
        return { kind: 'failed', reason: 'recipient-unknown', retry: 'never', certainty: 'not-sent', vendorCode };
      return { kind: 'failed', reason: 'unknown', retry: 'later', certainty: 'maybe-sent', vendorCode };
    }
  }
}

function shownOf({ body, replyTo, suggestions, expiresAtMs }: ClearOutbound): DeliveredMessage {
  const texts = body.kind === 'reaction' ? [body.emoji ?? new Plaintext('')] : textsOf(body);
  const target = 'target' in body ? body.target : replyTo;
  return {
    kind: body.kind,
    text: texts.map((text) => text.reveal()).join('\n'),
    ...(target === undefined ? {} : { target }),
    ...(suggestions === undefined ? {} : { suggestions: suggestions.map(({ text }) => text.reveal()) }),
    ...(expiresAtMs === null ? {} : { expiresAtMs }),
  };
}
