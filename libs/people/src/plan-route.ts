import { planDigest, type Target } from '@causeway/api-contract';
import { CausewayError, type ConversationId } from '@causeway/message-model';
import type {
  AuthenticatedDevice,
  ConsentStore,
  ContactStore,
  ContactSummary,
  NativeConversation,
} from '@causeway/storage';
import type { EdgeDesk } from './edge-desk.js';

/** Longest life of a message on a clear leg, seconds: its leg key dies 26 hours after it was made (PROTOCOL 6). */
export const MAX_CLEAR_LIFETIME_SECONDS = 24 * 3600;

/**
 * The route a message would take: by consent to the other account's devices, or over clear networks to a contact. Without a grant the
 * answer is the same for everyone: people who exist, refuse, block or never answer cannot be told apart.
 */
export class PlanRoute {
  constructor(
    private readonly consents: ConsentStore,
    private readonly contacts: ContactStore,
    private readonly edge: EdgeDesk,
  ) {}

  async execute(caller: AuthenticatedDevice, to: Target) {
    switch (to.kind) {
      case 'address': {
        const granted = await this.consents.find(caller, { address: to.address.uri });
        return granted ? nativePlan(caller, granted) : ({ leg: 'none', waiting: 'consent' } as const);
      }
      case 'contact': {
        const contact = await this.contacts.summary(caller, to.contact);
        if (!contact) throw new CausewayError('not-found', { pointer: '/to/contact' });
        return this.clearPlan(caller, contact);
      }
      case 'conversation':
        return this.conversationPlan(caller, to.conversation);
    }
  }

  private async conversationPlan(caller: AuthenticatedDevice, conversation: ConversationId) {
    const granted = await this.consents.find(caller, { conversation });
    if (granted) return nativePlan(caller, granted);
    const contact = await this.contacts.byConversation(caller, conversation);
    if (contact) return this.clearPlan(caller, contact);
    throw new CausewayError('not-found', { pointer: '/to/conversation' });
  }

  private async clearPlan(caller: AuthenticatedDevice, contact: ContactSummary) {
    const [edge, capabilities] = await Promise.all([this.edge.describe(), this.edge.capabilities(contact.country)]);
    const networks = edge.networks.map((offered) => offered.network);
    if (networks.length === 0)
      throw new CausewayError('unavailable', { detail: 'No clear network is set up on this gateway' });
    return {
      leg: 'clear',
      conversation: contact.conversation,
      contact: contact.contact,
      networks,
      capabilities,
      simulated: edge.networks.filter((offered) => offered.isSimulated).map((offered) => offered.network),
      edge: edge.bundle,
      region: caller.region,
      maxLifetimeSeconds: MAX_CLEAR_LIFETIME_SECONDS,
      digest: planDigest({ tenant: caller.tenant, conversation: contact.conversation, leg: 'clear', networks }),
    } as const;
  }
}

function nativePlan(caller: AuthenticatedDevice, granted: NativeConversation) {
  return {
    leg: 'native',
    conversation: granted.conversation,
    peer: { account: granted.peer, address: granted.peerAddress, deviceListVersion: granted.peerListVersion },
    self: { deviceListVersion: granted.selfListVersion },
    digest: planDigest({
      tenant: caller.tenant,
      conversation: granted.conversation,
      leg: 'native',
      networks: ['native'],
    }),
  } as const;
}
