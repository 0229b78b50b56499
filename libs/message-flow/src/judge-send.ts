import type { SendMessageRequest } from '@causeway/api-contract';
import type { AuthenticatedDevice, Recipient, RecipientKey, RecipientStore } from '@causeway/storage';
import type { ConductWatch } from './conduct-watch.js';
import { GroupCommit } from './group-commit.js';

/** Under load one statement notes what arrives in this time. */
const GATHER_MS = 5;

/** Asks the guard about a message before it is accepted, and notes afterwards that its sender has sent. */
export class JudgeSend {
  private readonly sent: GroupCommit<RecipientKey, true>;

  constructor(
    private readonly conduct: ConductWatch,
    recipients: RecipientStore,
  ) {
    this.sent = new GroupCommit(
      async (keys) => {
        await recipients.noteSent(keys);
        return keys.map(() => true as const);
      },
      { maxItems: 200, maxUnderWay: 1, gatherMs: GATHER_MS, ownerOf: ({ tenant }) => tenant },
    );
  }

  /** Throws `abnormal-usage-detected`. What has no words yet is judged when it has, but for a request: it is how unwanted people arrive. */
  async execute(
    sender: AuthenticatedDevice,
    { to, body }: SendMessageRequest,
    recipient: Recipient | null,
  ): Promise<void> {
    const from = { tenant: sender.tenant, sender: sender.account };
    if (to.kind === 'address') {
      const first = { kind: 'request', isEstablished: false, transport: 'native' } as const;
      return this.conduct.allow({ ...from, ...first, recipient: to.address.uri });
    }
    if (!recipient || body.leg === 'none') return;
    const { country, gapClass, peerAddress } = recipient;
    await this.conduct.allow({
      ...from,
      recipient: to.kind === 'contact' ? to.contact : (peerAddress ?? ''),
      kind: 'message',
      isEstablished: recipient.hasSent && recipient.hasBeenSentTo,
      transport: to.kind === 'contact' ? 'clear' : 'native',
      features: { ...(country !== null && { country }), ...(gapClass !== null && { gapClass }) },
    });
  }

  /** The first message of a side makes the conversation one in which it has written, and answers the other's. */
  async noteSent(
    sender: AuthenticatedDevice,
    { to, body }: SendMessageRequest,
    recipient: Recipient | null,
  ): Promise<void> {
    if (!recipient || recipient.hasSent || body.leg === 'none') return;
    const { tenant, account } = sender;
    await this.sent.add({ tenant, account, conversation: to.conversation });
    if (recipient.peer) await this.conduct.answered({ tenant, sender: recipient.peer, recipient: sender.address });
  }
}
