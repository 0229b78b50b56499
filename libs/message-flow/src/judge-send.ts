import type { SendMessageRequest } from '@causeway/api-contract';
import type { Events } from '@causeway/platform/server';
import type { AuthenticatedDevice, Recipient, RecipientKey, RecipientStore } from '@causeway/storage';
import type { OffersFor } from './challenges/challenge.js';
import type { ChargeTenant } from './charge-tenant.js';
import type { ConductWatch } from './conduct-watch.js';
import { GroupCommit } from './group-commit.js';

/** Under load one statement notes what arrives in this time. */
const GATHER_MS = 5;

/** A number of no country that we know. */
const UNKNOWN_COUNTRY = 'ZZ';

/** Asks the guard about a message before it is accepted, and notes afterwards that its sender has sent. */
export class JudgeSend {
  private readonly sent: GroupCommit<RecipientKey, true>;

  constructor(
    private readonly conduct: ConductWatch,
    recipients: RecipientStore,
    private readonly events: Events,
    /** What somebody is offered whose messages are held. */
    private readonly offersFor: OffersFor,
    private readonly charge: ChargeTenant,
  ) {
    this.sent = new GroupCommit(
      async (keys) => {
        await recipients.noteSent(keys);
        return keys.map(() => true as const);
      },
      { maxItems: 200, maxUnderWay: 1, gatherMs: GATHER_MS, ownerOf: ({ tenant }) => tenant },
    );
  }

  /**
   * Throws `abnormal-usage-detected` and `spending-limit-reached`. What has no words yet is judged when it has, but for a request: it is how
   * unwanted people arrive.
   */
  async execute(
    sender: AuthenticatedDevice,
    { messageId, to, body }: SendMessageRequest,
    recipient: Recipient | null,
  ): Promise<void> {
    const from = { tenant: sender.tenant, sender: sender.account, since: sender.registeredAt, messageId };
    if (to.kind === 'address') {
      const first = { kind: 'request', isEstablished: false, transport: 'native' } as const;
      return this.conduct.allow({ ...from, ...first, recipient: to.address.uri }, this.offersFor);
    }
    if (!recipient || body.leg === 'none') return;
    const { country, gapClass, peerAddress } = recipient;
    await this.conduct.allow(
      {
        ...from,
        recipient: to.kind === 'contact' ? to.contact : (peerAddress ?? ''),
        kind: 'message',
        isEstablished: recipient.hasSent && recipient.hasBeenSentTo,
        transport: to.kind === 'contact' ? 'clear' : 'native',
        features: { ...(country !== null && { country }), ...(gapClass !== null && { gapClass }) },
      },
      this.offersFor,
    );
    // after the guard: what it does not let on spends nothing of what others may
    if (to.kind === 'contact') await this.charge.execute(sender.tenant, country ?? UNKNOWN_COUNTRY);
  }

  /**
   * The first message of a side makes the conversation one in which it has written, and answers the other's. It is accepted whether or not
   * that could be noted: the next one notes it.
   */
  async noteSent(
    sender: AuthenticatedDevice,
    { to, body }: SendMessageRequest,
    recipient: Recipient | null,
  ): Promise<void> {
    if (!recipient || recipient.hasSent || body.leg === 'none') return;
    const { tenant, account } = sender;
    try {
      await this.sent.add({ tenant, account, conversation: to.conversation });
    } catch (thrown) {
      this.events.bugCaught({ component: 'judge-send', thrown });
    }
    if (recipient.peer) await this.conduct.answered({ tenant, sender: recipient.peer, recipient: sender.address });
  }
}
