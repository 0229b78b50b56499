import {
  lifetimeOf,
  POLICIES,
  type AccountId,
  type AdjustableClass,
  type PersonalClass,
  type PolicyLevel,
  type TenantClass,
  type TenantId,
} from '@causeway/message-model';
import { Remembered, type Clock } from '@causeway/platform';
import type { MessageScope, RetentionWish, RetentionWishStore, WishScope } from '@causeway/storage';
import { strictest, type Wishes } from './strictest.js';

/** How long this process believes that nobody asked for anything. */
const BELIEVED_MS = 5_000;
/** A wish about metadata holds from then on: by now every process looks for messages at every step. */
const METADATA_AFTER_MS = 2 * BELIEVED_MS;
const DAY_HOURS = 24;
const HOUR_SECONDS = 3600;

/**
 * Lifetimes of metadata that exist, hours. Few, because an acknowledgement names the partitions a message can be in: what is asked for is
 * rounded down to one of these.
 */
export const METADATA_STEPS_HOURS = [1, 3, 7, 14, 30].map((days) => days * DAY_HOURS);
const DEFAULT_METADATA_HOURS = lifetimeOf('metadata').hours;

/** How long a message may live. */
export interface MessageLifetimes {
  /** Undelivered, from when it was accepted. */
  readonly undeliveredSeconds: number;
  /** Its metadata, from its deadline: one of the steps. */
  readonly metadataHours: number;
}

const DEFAULTS: MessageLifetimes = {
  undeliveredSeconds: POLICIES['undelivered-envelope'].defaultSeconds,
  metadataHours: DEFAULT_METADATA_HOURS,
};

/** That a class be kept for so long at most; null takes it back. */
export interface Wish<Class extends AdjustableClass> {
  readonly class: Class;
  readonly keepSeconds: number | null;
}

/** The policies that hold, by what everybody concerned asked for. An installation where nobody asked pays one query every few seconds. */
export class PolicyBook {
  private readonly asked: Remembered<ReadonlySet<string>>;

  constructor(
    private readonly wishes: RetentionWishStore,
    private readonly clock: Clock,
  ) {
    this.asked = new Remembered(async () => new Set(await wishes.classes()), BELIEVED_MS);
  }

  /** What holds for every message while nobody asked for anything; undefined once somebody did, and `lifetimes` has to look. */
  async lifetimesOfAll(): Promise<MessageLifetimes | undefined> {
    const asked = await this.asked.get();
    return asked.has('metadata') || asked.has('undelivered-envelope') ? undefined : DEFAULTS;
  }

  /** Those of many messages, in one query. */
  async lifetimes(scopes: readonly MessageScope[]): Promise<readonly MessageLifetimes[]> {
    const latestMs = this.clock.nowMs() - METADATA_AFTER_MS;
    const wishes = await this.wishes.ofMessages(scopes);
    return wishes.map((all) => {
      const effective = all.filter(({ setAt }) => setAt.getTime() <= latestMs);
      const { keepSeconds } = strictest('metadata', wishesOf('metadata', effective));
      return {
        undeliveredSeconds: strictest('undelivered-envelope', wishesOf('undelivered-envelope', all)).keepSeconds,
        metadataHours: METADATA_STEPS_HOURS.findLast((hours) => hours * HOUR_SECONDS <= keepSeconds) ?? DAY_HOURS,
      };
    });
  }

  /** How long requests and grants wait for a device that is away, hours. */
  async eventHours(tenant: TenantId): Promise<number> {
    if (!(await this.asked.get()).has('events')) return lifetimeOf('events').hours;
    const { keepSeconds } = strictest('events', wishesOf('events', await this.wishes.ofTenant(tenant)));
    return Math.floor(keepSeconds / HOUR_SECONDS);
  }

  /** Every lifetime that metadata of any message may have, hours: the default alone while nobody ever asked for another. */
  async metadataHoursInUse(): Promise<readonly number[]> {
    return (await this.asked.get()).has('metadata') ? METADATA_STEPS_HOURS : [DEFAULT_METADATA_HOURS];
  }

  /** Writes what an account asks for, or one of its conversations; null takes it back. */
  async ask(scope: WishScope & { readonly account: AccountId }, wish: Wish<PersonalClass>): Promise<void> {
    await this.write(scope, wish);
  }

  /** Writes what a tenant sets for everybody in it; null takes it back. */
  async askForTenant(tenant: TenantId, wish: Wish<TenantClass>): Promise<void> {
    await this.write({ tenant }, wish);
  }

  private async write(scope: WishScope, wish: Wish<AdjustableClass>): Promise<void> {
    await this.wishes.set(scope, wish, this.clock.now());
    this.asked.forget();
  }
}

/** Wishes of one class by their level. */
export function wishesOf(name: AdjustableClass, wishes: readonly RetentionWish[]): Wishes {
  const byLevel: Partial<Record<PolicyLevel, number[]>> = {};
  for (const wish of wishes) {
    if (wish.class !== name || wish.keepSeconds === null) continue;
    (byLevel[levelOf(wish)] ??= []).push(wish.keepSeconds);
  }
  return byLevel;
}

function levelOf({ account, conversation }: RetentionWish): PolicyLevel {
  if (conversation !== '') return 'conversation';
  return account === '' ? 'tenant' : 'account';
}
