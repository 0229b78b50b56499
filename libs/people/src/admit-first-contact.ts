import { CausewayError, type NativeAddress } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { AuthenticatedDevice, DiscoveryStore } from '@causeway/storage';

/** Addresses that one account may write to first in a day, and accounts that may write to one address first. */
const LIMITS = { targetsOfAsker: 200, askersOfTarget: 2_000 } as const;

/** Keyed digests of names; `DedupeDigests` makes them. */
export interface Pseudonyms {
  of(name: readonly (string | number)[], now: Date): { readonly digest: Uint8Array };
}

/**
 * Whether an account may write to an address it has no conversation with: people of another native network only when it takes part in that
 * itself, and not too many. What it looks at is the asker's own, or how often an address was asked for: never whether anybody is there.
 */
export class AdmitFirstContact {
  constructor(
    private readonly discovery: DiscoveryStore,
    private readonly pseudonyms: Pseudonyms,
    private readonly clock: Clock,
  ) {}

  async execute(caller: AuthenticatedDevice, address: NativeAddress): Promise<void> {
    if (address.host !== caller.host && !caller.crossNetwork)
      throw new CausewayError('interoperability-off', {
        pointer: '/to/address',
        detail: 'Turn on conversations with other native networks first: PUT /v1/account/cross-network',
      });
    const now = this.clock.now();
    const { tenant, account } = caller;
    const asker = this.pseudonyms.of(['asks-address', tenant, account], now).digest;
    const target = this.pseudonyms.of(['asked-address', tenant, address.uri], now).digest;
    if (!(await this.discovery.ask({ asker, target, now }, LIMITS))) throw new CausewayError('rate-limited');
  }
}
