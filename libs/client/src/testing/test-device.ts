import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  conversationUri,
  encodeContent,
  messageIdOf,
  mintTransitId,
  parseTransitId,
  textContent,
  type ConversationId,
} from '@causeway/message-model';
import {
  registerSchema,
  type DeviceKeys,
  type InboxItem,
  type NativeBox,
  type PreKeyBundle,
} from '@causeway/api-contract';
import { generateKeyPair, type ListedDevice } from '@causeway/signal-protocol';
import { Alarm } from '../alarm.js';
import type { DeviceContext } from '../device-context.js';
import { OwnDevice } from '../device-context.js';
import { DeviceEvents } from '../device-events.js';
import { DeviceStore } from '../device-store.js';
import { EdgeTrust } from '../edge-trust.js';
import { GatewayApi } from '../gateway-api.js';
import { Incoming } from '../incoming.js';
import { messagePlaintext } from '../native-sealing.js';
import { Peers, unknownPeer } from '../peers.js';
import { RECORDS } from '../records.js';
import { prepareRegistration } from '../registration.js';
import { recipientsOf, sealForDevices, startSession } from '../sessions.js';
import { pinnedDevices } from '../trust.js';

export const HOST = 'causeway.local';
export const PASSPHRASE = 'correct horse battery staple';
/** Nothing listens there: a test that would need the gateway fails at once. */
const NOWHERE = 'http://127.0.0.1:9';

/** One device below HTTP: its store, its context and its published keys, with clocks and folders a test controls. */
export class TestDevice {
  private constructor(
    readonly folder: string,
    public context: DeviceContext,
    readonly keys: DeviceKeys,
    readonly clock: { nowMs: number },
  ) {}

  static async make(handle: string, gateway = NOWHERE): Promise<TestDevice> {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-device-'));
    const clock = { nowMs: Date.now() };
    const store = await DeviceStore.open(folder, { passphrase: PASSPHRASE });
    const self = await prepareRegistration(store, { gateway, host: HOST, handle, nowMs: clock.nowMs });
    const { device } = registerSchema.parse(JSON.parse(self.registration));
    const edgeIdentity = generateKeyPair().publicKey;
    await store.put(RECORDS.self, 'self', {
      ...self,
      tenant: 'default',
      region: 'eu',
      edgeIdentity,
      isRegistered: true,
    });
    return new TestDevice(folder, await contextOf(store, gateway, clock), device, clock);
  }

  get address(): string {
    return this.context.own.current.address;
  }

  get listed(): ListedDevice {
    const [first] = pinnedDevices(this.context.own.current.list);
    if (!first) throw new Error('the list is empty');
    return first;
  }

  /** As the gateway would hand it out, each one-time key once. */
  takeBundle(): PreKeyBundle {
    const { signedPreKey, oneTime, lastResortKyber } = this.keys;
    return {
      deviceId: this.listed.deviceId,
      registrationId: this.keys.registrationId,
      identityKey: this.keys.identityKey,
      signedPreKey,
      preKey: oneTime.ec.shift() ?? null,
      kyberPreKey: oneTime.kyber.shift() ?? lastResortKyber,
    };
  }

  /** What a grant and a look at the peer's list leave behind. */
  async knows(peer: TestDevice, conversation: ConversationId): Promise<void> {
    const pin = peer.context.own.current.list;
    await this.context.store.unit(async (unit) => {
      unit.put(RECORDS.peer, peer.address, { ...unknownPeer(peer.address), pin, conversation });
      unit.put(RECORDS.addressOfAccount, pin.account, peer.address);
      unit.put(RECORDS.conversation, conversation, { kind: 'native', address: peer.address });
    });
  }

  /** Seals text as sending would, with a session from the peer's pre-keys when there is none yet. */
  async seal(peer: TestDevice, conversation: ConversationId, text: string): Promise<NativeBox> {
    const self = this.context.own.current;
    const header = { senderUri: self.address, roomUri: conversationUri(HOST, conversation) };
    const content = encodeContent(textContent({ ...header, text }));
    const sealing = {
      self,
      messageId: messageIdOf({ content, ...header }),
      plaintext: messagePlaintext({ conversation, content }),
      recipients: recipientsOf(peer.context.own.current.list),
    };
    return this.context.store.unit(async (unit) => {
      const first = await sealForDevices(unit, sealing);
      if (first.kind === 'sessions-needed') {
        for (const recipient of first.recipients) await startSession(unit, self, recipient, peer.takeBundle());
      }
      const sealed = first.kind === 'sealed' ? first : await sealForDevices(unit, sealing);
      const box = sealed.kind === 'sealed' ? sealed.boxes[0] : undefined;
      if (!box) throw new Error('nothing was sealed');
      return box;
    });
  }

  incoming(after: { preKeyUsed?: () => void } = {}): Incoming {
    const peers = new Peers(this.context);
    const wanted = { preKeyUsed: () => undefined, flush: () => undefined, ...after };
    return new Incoming(this.context, peers, new EdgeTrust(this.context), wanted);
  }

  /** The process ends without a word; the folder stays. */
  async restart(): Promise<void> {
    await this.context.store.close();
    const store = await DeviceStore.open(this.folder, { passphrase: PASSPHRASE });
    this.context = await contextOf(store, this.context.own.current.gateway, this.clock);
  }

  async dispose(): Promise<void> {
    await this.context.store.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function contextOf(store: DeviceStore, gateway: string, clock: { nowMs: number }): Promise<DeviceContext> {
  const own = await OwnDevice.load(store);
  if (!own) throw new Error('nothing was prepared');
  const calls = new AbortController();
  const api = new GatewayApi({ gateway, token: own.current.token, attempts: 1, signal: calls.signal });
  const nowMs = () => clock.nowMs;
  return { store, api, calls, own, events: new DeviceEvents(), alarm: new Alarm(nowMs), nowMs };
}

/** A box as it lies in the inbox of its device. */
export function inboxItem({ boxId, sealKeyId, box }: NativeBox): InboxItem {
  const id = parseTransitId(mintTransitId('i', Date.now() + 3_600_000, boxId));
  if (!id) throw new Error('not a transit id');
  return { kind: 'box', id, boxId, sealKeyId, box };
}
