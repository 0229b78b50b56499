import { decodeContent, externalIdOf, parseAddress, typingContent, type MessageId } from '@causeway/message-model';
import { sealIndication, type Indication } from '@causeway/signal-protocol';
import { nowSeconds, type DeviceContext } from './device-context.js';
import type { EdgeTrust } from './edge-trust.js';
import type { Outgoing } from './outgoing.js';
import type { Privacy } from './privacy.js';
import { isTemporary } from './problem-error.js';
import { RECORDS } from './records.js';
import { tenantOf } from './sessions.js';

/** How long that someone writes is true, seconds; the other end shows it no longer. */
const TYPING_LASTS_SECONDS = 10;
/** It is not told again before. */
const TYPING_AGAIN_MS = 5_000;
/** The sealed indication is opened within the call. */
const SEAL_FOR_SECONDS = 120;

/** Tells the other end that this person writes or has read, where their switches allow it; elsewhere nothing leaves this device. */
export class Indications {
  readonly #toldAtMs = new Map<string, number>();

  constructor(
    private readonly context: DeviceContext,
    private readonly parts: { readonly privacy: Privacy; readonly outgoing: Outgoing; readonly edge: EdgeTrust },
  ) {}

  /** True when it was told. Never repeated, and at most every five seconds; that somebody stopped is told at once. */
  async typing(to: string, isTyping: boolean): Promise<boolean> {
    const address = parseAddress(to)?.uri ?? to;
    const nowMs = this.context.nowMs();
    if (isTyping && nowMs - (this.#toldAtMs.get(address) ?? -Infinity) < TYPING_AGAIN_MS) return false;
    if (!isTyping) this.#toldAtMs.delete(address);
    if (!(await this.parts.privacy.mayTell(address, 'typing'))) return false;
    if (isTyping) this.#toldAtMs.set(address, nowMs);
    if (!address.startsWith('tel:')) return this.#toNative(address, isTyping);
    const network = await this.#lastNetwork(address);
    return network !== undefined && this.#toEdge(address, { kind: 'typing', network, isTyping });
  }

  /** Whether a read report may go to the other end of a message, asked anew. */
  mayReport(address: string): Promise<boolean> {
    return this.parts.privacy.mayTell(address, 'readReports');
  }

  /** To the network that brought a message. True when it was told; false where the network takes no read reports. */
  async readOnNetwork(messageId: MessageId): Promise<boolean> {
    const record = await this.context.store.get(RECORDS.history, messageId);
    if (!record?.content || record.direction !== 'received') return false;
    const externalId = externalIdOf(decodeContent(record.content, record.atMs));
    if (externalId === undefined) return false;
    return this.#toEdge(record.from, { kind: 'read', network: record.network, externalId });
  }

  async #toNative(address: string, isTyping: boolean): Promise<boolean> {
    await this.parts.outgoing.sendPassing({
      address,
      options: { deliverBefore: nowSeconds(this.context) + TYPING_LASTS_SECONDS },
      build: (header) => typingContent({ ...header, isTyping }),
      isPassing: true,
    });
    return true;
  }

  async #toEdge(address: string, indication: Indication): Promise<boolean> {
    const contact = await this.context.store.get(RECORDS.contact, address);
    if (!contact) return false;
    const { account, deviceId: device } = this.context.own.current;
    try {
      const { key, region } = await this.parts.edge.legKeyFor(undefined, nowSeconds(this.context) + SEAL_FOR_SECONDS);
      const tenant = tenantOf(this.context.own.current);
      const about = { tenant, region, keyId: key.keyId, account, device, contact: contact.contact };
      const sealed = sealIndication({ context: about, legPublicKey: key.publicKey, indication });
      await this.context.api.indicate({ contact: contact.contact, keyId: key.keyId, sealed });
      return true;
    } catch (error) {
      // lost without harm
      if (isTemporary(error)) return false;
      throw error;
    }
  }

  /** Where this person was last heard of: no other carrier learns anything. */
  async #lastNetwork(address: string): Promise<string | undefined> {
    const records = (await this.context.store.list(RECORDS.history)).map(({ record }) => record);
    return records
      .filter(({ from, direction }) => from === address && direction === 'received')
      .toSorted((a, b) => b.order - a.order)[0]?.network;
  }
}
