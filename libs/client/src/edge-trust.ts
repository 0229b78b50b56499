import { equalBytes, fromBase64Url, toBase64Url } from '@causeway/message-model';
import {
  chooseLegKey,
  openEdgeBundle,
  type EdgeBundle,
  type LegKey,
  type SignedEdgeBundle,
} from '@causeway/signal-protocol';
import { nowSeconds, type DeviceContext } from './device-context.js';
import { told } from './told.js';
import { TrustError } from './trust-error.js';

/** The keys of the edge, believed only under the identity this device pinned when it registered. */
export class EdgeTrust {
  constructor(private readonly context: DeviceContext) {}

  /** A leg key for the deadline (unix seconds) from this bundle, or from a fresh one when this one is too old. */
  async legKeyFor(shown: SignedEdgeBundle | undefined, deadline: number): Promise<{ key: LegKey; region: string }> {
    const now = nowSeconds(this.context);
    const bundle = shown ? await this.#open(shown) : await this.#fresh();
    const key = chooseLegKey(bundle, { deadline, now });
    if (key) return { key, region: bundle.region };
    const fresh = shown ? await this.#fresh() : bundle;
    const freshKey = chooseLegKey(fresh, { deadline, now });
    if (!freshKey) throw told(this.context.events, new TrustError('edge-bundle-too-old', 'edge'));
    return { key: freshKey, region: fresh.region };
  }

  /** Whether to send in the clear through another edge is for the person to decide, who has to name the identity. */
  async confirm(identity: string): Promise<void> {
    const { own, store } = this.context;
    const named = fromBase64Url(identity);
    await store.unit(async (unit) => {
      const { offeredEdgeIdentity } = own.current;
      if (!named || !offeredEdgeIdentity || !equalBytes(named, offeredEdgeIdentity)) {
        throw new TrustError('edge-bundle-does-not-verify', 'edge');
      }
      await own.change(unit, { edgeIdentity: offeredEdgeIdentity, offeredEdgeIdentity: null });
    });
  }

  /** Asks the gateway which edge identity it shows now, keeps it for the person to confirm, and tells them once. */
  async lookForChange(): Promise<void> {
    const { api, events, own, store } = this.context;
    const { identity } = await api.edge();
    const { edgeIdentity, offeredEdgeIdentity } = own.current;
    if (equalBytes(identity, edgeIdentity)) {
      events.emit('trust-problem', { reason: 'edge-bundle-does-not-verify', about: 'edge' });
      return;
    }
    if (offeredEdgeIdentity && equalBytes(identity, offeredEdgeIdentity)) return;
    await store.unit((unit) => own.change(unit, { offeredEdgeIdentity: identity }));
    events.emit('edge-changed', { pinned: toBase64Url(edgeIdentity), offered: toBase64Url(identity) });
  }

  async #fresh(): Promise<EdgeBundle> {
    return this.#open((await this.context.api.edge()).bundle);
  }

  async #open(shown: SignedEdgeBundle): Promise<EdgeBundle> {
    const { edgeIdentity, region } = this.context.own.current;
    const bundle = openEdgeBundle(shown, edgeIdentity);
    if (bundle && bundle.region === region) return bundle;
    await this.lookForChange();
    throw new TrustError('edge-bundle-does-not-verify', 'edge');
  }
}
