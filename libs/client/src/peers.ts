import { equalBytes, type AccountId, type ConversationId, type DeviceId } from '@causeway/message-model';
import type { AccountDevices } from '@causeway/api-contract';
import type { DeviceContext } from './device-context.js';
import type { UnitOfWork } from './device-store.js';
import { RECORDS, type Peer, type Pin } from './records.js';
import { signalDevice } from './sessions.js';
import { judgeDeviceList, outdatedDevices, pinnedDevices, type Judgement, type OfferedDevices } from './trust.js';
import { TrustError } from './trust-error.js';

/** Everything known of an address before anything is known of it. */
export const unknownPeer = (address: string): Peer => ({
  address,
  pin: null,
  change: null,
  conversation: null,
  proposed: null,
  isVerified: false,
  links: [],
});

export const offeredBy = (shown: AccountDevices): OfferedDevices => ({ ...shown, address: shown.address.uri });

/** The people this device writes with, and what it believes of their devices. */
export class Peers {
  constructor(private readonly context: DeviceContext) {}

  async get(address: string): Promise<Peer> {
    return (await this.context.store.get(RECORDS.peer, address)) ?? unknownPeer(address);
  }

  /** Fetches both device lists of a conversation and believes what verifies. Throws `TrustError`, after telling the person. */
  async refresh(address: string, conversation: ConversationId): Promise<Peer> {
    const { peer, self } = await this.context.api.conversationDevices(conversation);
    await this.believeOwn(offeredBy(self));
    return this.believe(address, offeredBy(peer));
  }

  async refreshOwn(): Promise<Pin> {
    await this.believeOwn(offeredBy(await this.context.api.ownDevices()));
    return this.context.own.current.list;
  }

  async believe(address: string, offered: OfferedDevices): Promise<Peer> {
    const { events, store } = this.context;
    const outcome = await store.unit(async (unit) => {
      const peer = (await unit.get(RECORDS.peer, address)) ?? unknownPeer(address);
      const judgement = judgeDeviceList(peer.pin, offered, address);
      const next = await this.#applied(unit, peer, judgement);
      if (next) unit.put(RECORDS.peer, address, next);
      return { judgement, peer: next ?? peer };
    });
    if (outcome.judgement.kind !== 'refused') return outcome.peer;
    events.emit('trust-problem', { reason: outcome.judgement.reason, about: address });
    throw new TrustError(outcome.judgement.reason, address);
  }

  /** Our own list: another account key, or anything that does not verify, is a lie about ourselves. */
  async believeOwn(offered: OfferedDevices): Promise<void> {
    const { own, events, store } = this.context;
    const judgement = await store.unit(async (unit) => {
      const before = own.current.list;
      const judged = judgeDeviceList(before, offered, own.current.address);
      if (judged.kind === 'newer') {
        await forgetSessions(unit, this.context, before, judged.pin);
        await own.change(unit, { list: judged.pin });
        unit.afterCommit(() => this.#tellList(judged.pin, true));
      }
      return judged;
    });
    if (judgement.kind === 'newer' || judgement.kind === 'same') return;
    const reason = judgement.kind === 'refused' ? judgement.reason : 'own-account';
    events.emit('trust-problem', { reason, about: own.current.address });
    throw new TrustError(reason, own.current.address);
  }

  /** The one call that makes a new account key the believed one; a comparison made before counts for the old key only. */
  async acceptKeyChange(address: string): Promise<boolean> {
    return this.context.store.unit(async (unit) => {
      const peer = await unit.get(RECORDS.peer, address);
      if (!peer?.change) return false;
      if (peer.pin) await forgetAllSessions(unit, this.context, peer.pin);
      unit.put(RECORDS.peer, address, { ...peer, pin: peer.change, change: null, isVerified: false });
      unit.put(RECORDS.addressOfAccount, peer.change.account, address);
      return true;
    });
  }

  async setVerified(address: string): Promise<void> {
    await this.context.store.unit(async (unit) => {
      const peer = await unit.get(RECORDS.peer, address);
      if (!peer?.pin) throw new Error('there is no account key to verify for this address yet');
      unit.put(RECORDS.peer, address, { ...peer, isVerified: true });
    });
  }

  async addressOf(account: AccountId): Promise<string | undefined> {
    return this.context.store.get(RECORDS.addressOfAccount, account);
  }

  async #applied(unit: UnitOfWork, peer: Peer, judgement: Judgement): Promise<Peer | undefined> {
    switch (judgement.kind) {
      case 'refused':
        return undefined;
      case 'same':
        return peer.change ? { ...peer, change: null } : undefined;
      case 'first-use':
      case 'newer':
        if (peer.pin) await forgetSessions(unit, this.context, peer.pin, judgement.pin);
        unit.put(RECORDS.addressOfAccount, judgement.pin.account, peer.address);
        if (judgement.kind === 'newer') unit.afterCommit(() => this.#tellList(judgement.pin, false));
        return { ...peer, pin: judgement.pin, change: null };
      case 'key-change':
        this.#tellKeyChange(unit, peer, judgement.pin);
        return { ...peer, change: judgement.pin };
    }
  }

  #tellKeyChange(unit: UnitOfWork, peer: Peer, change: Pin): void {
    const { pin } = peer;
    if (!pin || (peer.change && equalBytes(peer.change.accountKey, change.accountKey))) return;
    unit.afterCommit(() =>
      this.context.events.emit('key-change', {
        address: peer.address,
        account: pin.account,
        newAccount: change.account,
        wasVerified: peer.isVerified,
      }),
    );
  }

  #tellList(pin: Pin, isOwn: boolean): void {
    const devices: DeviceId[] = pinnedDevices(pin).map((device) => device.deviceId);
    this.context.events.emit('device-list', { address: pin.address, version: pin.version, devices, isOwn });
  }
}

async function forgetSessions(unit: UnitOfWork, { own }: DeviceContext, before: Pin, after: Pin): Promise<void> {
  const signal = signalDevice(unit, own.current);
  for (const device of outdatedDevices(before, after)) await signal.deleteSession(before.account, device.deviceId);
}

async function forgetAllSessions(unit: UnitOfWork, { own }: DeviceContext, pin: Pin): Promise<void> {
  const signal = signalDevice(unit, own.current);
  for (const device of pinnedDevices(pin)) await signal.deleteSession(pin.account, device.deviceId);
}
