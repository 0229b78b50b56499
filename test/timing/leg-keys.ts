import { edgeDescriptionSchema } from '@causeway/api-contract';
import { chooseLegKey, openEdgeBundle, sealAddress, type LegKey } from '@causeway/signal-protocol';
import { SEEDED, type BenchDevice } from '../bench/site/seed-accounts.js';
import { inSeconds, say } from '../support/raw-device.js';
import type { Asked } from './timed-client.js';
import type { TimingField } from './timing-field.js';

const SEALED_FOR_SECONDS = 120;
const KEY_USED_MS = 20_000;

/** The edge's key to seal numbers to, looked up again before it is stale. */
export class LegKeys {
  private known: { readonly key: LegKey; readonly region: string; readonly untilMs: number } | undefined;

  constructor(
    private readonly field: TimingField,
    private readonly token: string,
  ) {}

  /** What `asker` says to have `e164` as a contact. */
  async askAbout(e164: string, { account, deviceId: device, token }: BenchDevice): Promise<Asked> {
    const { key, region } = await this.current();
    const context = { tenant: SEEDED.tenant, region, keyId: key.keyId, account, device };
    const sealedAddress = sealAddress({ context, legPublicKey: key.publicKey, e164 });
    return { method: 'POST', path: '/v1/contacts', token, body: { keyId: key.keyId, sealedAddress } };
  }

  private async current(): Promise<{ readonly key: LegKey; readonly region: string }> {
    if (this.known && performance.now() < this.known.untilMs) return this.known;
    const headers = { authorization: `Bearer ${this.token}` };
    const { document } = await say(`${this.field.world.gatewayUrl}/v1/edge`, 'GET', { headers });
    const edge = edgeDescriptionSchema.parse(document);
    const bundle = openEdgeBundle(edge.bundle, edge.identity);
    const key = bundle && chooseLegKey(bundle, { deadline: inSeconds(SEALED_FOR_SECONDS), now: inSeconds(0) });
    if (!bundle || !key) throw new Error('the edge shows no key');
    this.known = { key, region: bundle.region, untilMs: performance.now() + KEY_USED_MS };
    return this.known;
  }
}
