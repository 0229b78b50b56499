import { refuseOtherCell } from './refuse-other-cell.js';
import { createHash } from 'node:crypto';
import { CausewayError, mintConversationId, mintTransitId, type AccountId } from '@causeway/message-model';
import type { DeviceEventInput } from '@causeway/api-contract';
import type { Clock } from '@causeway/platform';
import type {
  AccountStore,
  AuthenticatedDevice,
  ConsentStore,
  DeviceRef,
  Granted,
  InboxStore,
  PartitionStore,
} from '@causeway/storage';

/** Requests and grants wait this long for a device that is away, hours. */
const CONSENT_EVENT_HOURS = 7 * 24;

/** Puts one consent event into the inbox of every device of an account. */
export class TellDevices {
  constructor(
    private readonly accounts: AccountStore,
    private readonly inbox: InboxStore,
    private readonly partitions: PartitionStore,
    private readonly clock: Clock,
  ) {}

  async execute(
    to: { readonly tenant: DeviceRef['tenant']; readonly account: AccountId },
    event: DeviceEventInput,
  ): Promise<readonly DeviceRef[]> {
    const devices = await this.accounts.devices(to.tenant, [to.account]);
    const hour = Math.ceil(this.clock.nowMs() / 3_600_000) + CONSENT_EVENT_HOURS;
    await this.partitions.ensure('i', hour);
    const refs = devices.map((device) => ({ tenant: to.tenant, account: to.account, device: device.deviceId }));
    const expiresAt = new Date(hour * 3_600_000);
    const json = JSON.stringify(event);
    await this.inbox.addEvents(
      refs.map((ref) => ({ id: mintTransitId('i', hour * 3_600_000), to: ref, json, expiresAt })),
    );
    return refs;
  }
}

/** A person's answer to those who want to write to them. */
export class DecideConsent {
  constructor(
    private readonly consents: ConsentStore,
    private readonly tell: TellDevices,
    private readonly clock: Clock,
  ) {}

  async grant(
    owner: AuthenticatedDevice,
    request: string,
  ): Promise<{ readonly granted: Granted; readonly touched: readonly DeviceRef[] }> {
    const granted = await this.consents.grant(owner, request, this.clock.now());
    if (!granted) throw new CausewayError('not-found', { detail: 'There is no such request' });
    return { granted, touched: await this.tellGranted(owner, granted) };
  }

  async refuse(owner: AuthenticatedDevice, request: string): Promise<void> {
    const isKnown = await this.consents.refuse(owner, request, this.clock.now());
    if (!isKnown) throw new CausewayError('not-found', { detail: 'There is no such request' });
  }

  /** A welcome in advance, or a block. Neither is told to anyone, and an address that does not exist is answered alike. */
  async decide(
    owner: AuthenticatedDevice,
    peerAddress: string,
    decision: 'grant' | 'revoke',
  ): Promise<readonly DeviceRef[]> {
    refuseOtherCell(owner, peerAddress, '/peer');
    const pending = await this.consents.decide({
      tenant: owner.tenant,
      owner: owner.account,
      peerAddress,
      decision,
      requestOf: (peer) => requestIdOf(owner.tenant, peer, owner.address),
      conversation: mintConversationId(),
      now: this.clock.now(),
    });
    return pending === undefined ? [] : (await this.grant(owner, pending)).touched;
  }

  /** Both ends, on all their devices: what any of them had waiting may go now. */
  private async tellGranted(owner: AuthenticatedDevice, granted: Granted): Promise<readonly DeviceRef[]> {
    const { tenant } = owner;
    const news = {
      type: 'consent-granted',
      conversation: granted.conversation,
      at: this.clock.now().toISOString(),
    } as const;
    const theirs = await this.tell.execute({ tenant, account: granted.peer }, { ...news, peer: owner.address });
    const own = await this.tell.execute(owner, { ...news, peer: granted.peerAddress });
    return [...theirs, ...own];
  }
}

/** A request's id from what it is about: lodging the same request again makes no second one. */
export const requestIdOf = (tenant: string, requester: string, target: string): string =>
  `q_${createHash('sha256')
    .update(JSON.stringify([tenant, requester, target]))
    .digest('base64url')
    .slice(0, 22)}`;
