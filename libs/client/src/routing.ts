import type { ChangePreferences, ExplainedRoute, PreferencesDescription } from '@causeway/api-contract';
import { parseAddress, type ContactId } from '@causeway/message-model';
import { contactOf } from './contacts.js';
import type { DeviceContext } from './device-context.js';
import type { EdgeTrust } from './edge-trust.js';
import { nativeOf } from './native-of.js';
import { RECORDS } from './records.js';

/** Rules about one other person, or, without `networksOn`, about everybody; parts that are left out stay. */
export type RouteRules = Omit<ChangePreferences, 'networksOn'>;

/**
 * How this person wants to be reached and what may carry their words. The recipient orders the ways; a sender can only take some out. Rules
 * are the account's.
 */
export class Routing {
  constructor(
    private readonly context: DeviceContext,
    private readonly edge: EdgeTrust,
    private readonly goOn: () => Promise<void>,
  ) {}

  /** Everything that was decided so far. */
  rules(): Promise<PreferencesDescription> {
    return this.context.api.preferences();
  }

  /** Decides for everybody, or towards the `mimi://` address or `tel:` number in `towards`. What waited for a way goes on. */
  async set(rules: RouteRules, towards?: string): Promise<void> {
    const { api } = this.context;
    if (towards === undefined) await api.changePreferences(rules);
    else await api.changePeerPreferences({ ...(await this.#peer(towards)), ...rules });
    await this.goOn();
  }

  /** Why a message to this address would go the way it would: what of it is one's own doing, and what is theirs. */
  async explain(to: string, floor?: 'sealed' | 'clear'): Promise<ExplainedRoute> {
    const peer = await this.#peer(to);
    if ('contact' in peer) return this.context.api.explainRoute({ kind: 'contact', contact: peer.contact }, floor);
    const known = await this.context.store.get(RECORDS.peer, peer.peer);
    return known?.conversation
      ? this.context.api.explainRoute({ kind: 'conversation', conversation: known.conversation }, floor)
      : this.context.api.explainRoute({ kind: 'address', address: peer.peer }, floor);
  }

  async #peer(address: string): Promise<{ readonly peer: string } | { readonly contact: ContactId }> {
    if (parseAddress(address)?.kind !== 'phone') return { peer: nativeOf(address).uri };
    return { contact: (await contactOf(this.context, this.edge, address)).contact };
  }
}
