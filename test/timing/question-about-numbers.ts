import { chooseLegKey, openEdgeBundle, sealAddress, type LegKey } from '@causeway/signal-protocol';
import { edgeDescriptionSchema } from '@causeway/api-contract';
import { SEEDED, type BenchDevice } from '../bench/site/seed-accounts.js';
import { inSeconds, say } from '../support/raw-device.js';
import { linkNumbers, numberAt } from './linked-numbers.js';
import { present } from './people-asked-about.js';
import { KINDS, type Kind, type Question } from './question.js';
import { addressOf, type TimingField } from './timing-field.js';

/** Each kind and the planted one; a day's limit is 50 new numbers for one account. */
const PLACES = KINDS.length + 1;
const ROUNDS_OF_ASKER = 50 / PLACES;
const SEALED_FOR_SECONDS = 120;
const KEY_USED_MS = 20_000;

/**
 * New numbers, each asked about once: of people who linked theirs and may be found by nobody, or by people whose number they have, of those who
 * blocked the asker besides, and numbers that nobody linked.
 */
export const questionAboutNumbers = (field: TimingField): Question => ({
  name: 'number',
  prepare: async (rounds) => {
    const askers = await field.people(Math.ceil(rounds / ROUNDS_OF_ASKER));
    const asker = (round: number): BenchDevice => present(askers[Math.floor(round / ROUNDS_OF_ASKER)]);
    const number = (place: number, round: number): string => numberAt(place * rounds + round);
    const numbers = (kind: Kind): readonly string[] =>
      Array.from({ length: rounds }, (_, round) => number(KINDS.indexOf(kind), round));
    await linkNumbers(field, numbers('existing'), 'nobody');
    await linkNumbers(field, numbers('refusing'), 'contacts');
    const blockers = await linkNumbers(field, numbers('blocking'), 'nobody');
    const blocks = blockers.map(({ account }, round) => ({ actor: account, peer: addressOf(asker(round)) }));
    const byName = new Map(blocks.map((block) => [`${block.actor} ${block.peer}`, block]));
    await field.decide([...byName.values()], 'revoke');
    const legKeys = new LegKeys(field, present(askers[0]).token);
    return {
      ask: async (_, round, place) => {
        const { account, deviceId: device, token } = asker(round);
        const { key, region } = await legKeys.current();
        const context = { tenant: SEEDED.tenant, region, keyId: key.keyId, account, device };
        const sealedAddress = sealAddress({ context, legPublicKey: key.publicKey, e164: number(place, round) });
        return { method: 'POST', path: '/v1/contacts', token, body: { keyId: key.keyId, sealedAddress } };
      },
    };
  },
});

/** The edge's key to seal numbers to, looked up again before it is stale. */
class LegKeys {
  private known: { readonly key: LegKey; readonly region: string; readonly untilMs: number } | undefined;

  constructor(
    private readonly field: TimingField,
    private readonly token: string,
  ) {}

  async current(): Promise<{ readonly key: LegKey; readonly region: string }> {
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
