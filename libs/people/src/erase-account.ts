import { CausewayError, toBase64Url, type Bytes } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import { openAccountErasure } from '@causeway/signal-protocol';
import {
  whatRemains,
  type AccountStore,
  type AuthenticatedDevice,
  type PersonalStore,
  type TombstoneStore,
} from '@causeway/storage';

/** A wish signed longer ago, or for later, is not taken: one that was overheard is not good for ever. Seconds. */
const GOOD_FOR_SECONDS = 600;
const HOUR_MS = 3_600_000;

interface SignedWish {
  readonly bytes: Bytes;
  readonly signature: Bytes;
}

/** Everything that is stored of the caller's account, and what would remain if it were erased. */
export class ExportAccount {
  constructor(
    private readonly personal: PersonalStore,
    private readonly clock: Clock,
    private readonly config: { readonly backupDays: number },
  ) {}

  async execute(caller: AuthenticatedDevice) {
    const stores = await this.personal.read(caller);
    return {
      account: caller.account,
      address: caller.address,
      exportedAt: this.clock.now().toISOString(),
      stores,
      remains: whatRemains(this.config),
    };
  }
}

/** Erases an account from every store, on a wish signed by its account key. Refuses: another's key, another account, a wish too old. */
export class EraseAccount {
  constructor(
    private readonly accounts: AccountStore,
    private readonly personal: PersonalStore,
    private readonly clock: Clock,
    private readonly config: { readonly backupDays: number },
  ) {}

  async execute(caller: AuthenticatedDevice, wish: SignedWish) {
    const [stored] = await this.accounts.deviceLists(caller.tenant, [caller.account]);
    const erasure = stored && openAccountErasure(wish, stored.accountKey);
    const isOwn = erasure?.tenant === caller.tenant && erasure.account === caller.account;
    if (!erasure || !isOwn) throw new CausewayError('invalid-signature', { pointer: '/erasure' });
    if (Math.abs(this.clock.nowMs() / 1000 - erasure.signedAt) > GOOD_FOR_SECONDS)
      throw new CausewayError('invalid-request', {
        pointer: '/erasure',
        detail: 'The wish was not signed within the last ten minutes: is the clock of the device right?',
      });
    const proof = { statement: toBase64Url(wish.bytes), signature: toBase64Url(wish.signature) };
    const erased = await this.personal.erase(caller, proof);
    return { erasedAt: this.clock.now().toISOString(), erased, remains: whatRemains(this.config) };
  }
}

/** Takes away what reached the stores while an account was being erased. For a worker, again and again. */
export class FinishErasures {
  constructor(
    private readonly tombstones: TombstoneStore,
    private readonly personal: PersonalStore,
    private readonly clock: Clock,
  ) {}

  async execute(): Promise<void> {
    for (const erased of await this.tombstones.erasedAccounts(new Date(this.clock.nowMs() - HOUR_MS)))
      await this.personal.erase(erased, erased);
  }
}
