import { CausewayError } from '@causeway/message-model';
import { PrivateClient } from './private-client.js';
import type { RpcAddress } from '../rpc-address.js';
import type { TlsIdentity } from '../tls-files.js';

/** One that did not answer is asked last for this long, milliseconds: a hung process costs its time-out once, not with every question. */
const AVOID_MS = 5_000;

interface Place {
  readonly client: PrivateClient;
  avoidUntilMs: number;
}

/**
 * Several processes any of which can answer. `in-turn` gives each its share of the questions, `last-good` stays with the one that answered.
 * One that is silent or gone is followed by the next, so a question may be acted upon more than once: ask idempotently.
 */
export class PrivateClients {
  readonly #places: readonly Place[];
  #next = 0;

  constructor(
    addresses: readonly RpcAddress[],
    tls: TlsIdentity | undefined,
    private readonly preference: 'in-turn' | 'last-good',
  ) {
    this.#places = addresses.map((address) => ({ client: new PrivateClient(address, tls), avoidUntilMs: 0 }));
  }

  /** As `PrivateClient.ask`; `unavailable` when none of them answers within the time that each is given. */
  async ask(pattern: string, question: unknown, options: { readonly timeoutMs: number }): Promise<unknown> {
    for (const place of this.#order()) {
      try {
        const answer = await place.client.ask(pattern, question, options);
        place.avoidUntilMs = 0;
        if (this.preference === 'last-good') this.#next = this.#places.indexOf(place);
        return answer;
      } catch (thrown) {
        if (!(thrown instanceof CausewayError) || thrown.code !== 'unavailable') throw thrown;
        place.avoidUntilMs = performance.now() + AVOID_MS;
      }
    }
    throw new CausewayError('unavailable');
  }

  close(): void {
    for (const { client } of this.#places) client.close();
  }

  /** From the next one on, those to be avoided last. */
  #order(): readonly Place[] {
    const turned = [...this.#places.slice(this.#next), ...this.#places.slice(0, this.#next)];
    if (this.preference === 'in-turn') this.#next = (this.#next + 1) % Math.max(this.#places.length, 1);
    const nowMs = performance.now();
    const isAvoided = (place: Place): boolean => nowMs < place.avoidUntilMs;
    return [...turned.filter((place) => !isAvoided(place)), ...turned.filter(isAvoided)];
  }
}
