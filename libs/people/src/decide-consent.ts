import {
  CausewayError,
  mintConversationId,
  NO_CONSENT,
  reduceConsent,
  type ConsentOperation,
  type ConsentStanding,
  type ContactId,
} from '@causeway/message-model';
import type { ConductListener } from './conduct-listener.js';
import { refuseOtherCell } from './refuse-other-cell.js';
import type { Clock } from '@causeway/platform';
import type { Acted, AuthenticatedDevice, ConsentStore, ContactStore, DeviceRef, Granted } from '@causeway/storage';
import type { TellDevices } from './tell-devices.js';

const HAD_ASKED: ReadonlySet<ConsentStanding> = new Set(['requested', 'granted', 'declined']);

/** A person's answer to those who want to write to them, and what they take back of their own asking. */
export class DecideConsent {
  constructor(
    private readonly consents: ConsentStore,
    private readonly tell: TellDevices,
    private readonly clock: Clock,
    private readonly contacts: ContactStore,
    private readonly conduct: ConductListener,
  ) {}

  async grant(
    owner: AuthenticatedDevice,
    request: string,
  ): Promise<{ readonly granted: Granted; readonly touched: readonly DeviceRef[] }> {
    const acted = await this.consents.answer(owner, request, { operation: 'grant', now: this.clock.now() });
    if (!acted) throw new CausewayError('not-found', { detail: 'There is no such request' });
    return { granted: acted, touched: await this.tellGranted(owner, acted) };
  }

  async refuse(owner: AuthenticatedDevice, request: string): Promise<void> {
    const acted = await this.consents.answer(owner, request, { operation: 'revoke', now: this.clock.now() });
    if (!acted) throw new CausewayError('not-found', { detail: 'There is no such request' });
  }

  /**
   * A welcome in advance, a block, or the end of one's own request. The other is told of a grant they waited for and of a request that is
   * gone, of nothing else; an address that does not exist is answered alike.
   */
  async decide(
    owner: AuthenticatedDevice,
    peerAddress: string,
    operation: Exclude<ConsentOperation, 'request'>,
  ): Promise<readonly DeviceRef[]> {
    refuseOtherCell(owner, peerAddress, '/peer');
    const { tenant, account: actor } = owner;
    const conversation = mintConversationId();
    const acted = await this.consents.act({
      tenant,
      actor,
      peerAddress,
      operation,
      conversation,
      now: this.clock.now(),
    });
    if (!acted) return [];
    const { before, after } = acted;
    // who never asked gave no cause: a block of theirs says nothing about them
    if (operation === 'revoke' && HAD_ASKED.has(before.own.standing))
      await this.conduct.blocked({ tenant, sender: acted.peer, recipient: owner.address });
    if (after.own.standing === 'granted' && before.own.standing !== 'granted') return this.tellGranted(owner, acted);
    if (before.other.standing === 'requested' && after.other.standing === 'none') {
      const event = { type: 'consent-cancelled', request: acted.request, from: acted.address } as const;
      return this.tell.execute({ tenant, account: acted.peer }, { ...event, at: this.clock.now().toISOString() });
    }
    return [];
  }

  /** A number that one has as a contact: what comes from it is dropped after a block. It is never told. */
  async decideContact(owner: AuthenticatedDevice, contact: ContactId, operation: 'grant' | 'revoke'): Promise<void> {
    const { isStopped } = reduceConsent(NO_CONSENT, operation);
    await this.contacts.setBlocked(owner, contact, isStopped ? this.clock.now() : null);
  }

  /** Both ends, on all their devices: what any of them had waiting may go now. */
  private async tellGranted(owner: AuthenticatedDevice, granted: Acted): Promise<readonly DeviceRef[]> {
    const { tenant } = owner;
    await this.conduct.answered({ tenant, sender: granted.peer, recipient: owner.address });
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
