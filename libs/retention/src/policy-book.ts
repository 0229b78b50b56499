import type { AccountId, ConversationId, TenantId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { RetentionWish, RetentionWishStore, WishScope } from '@causeway/storage';
import { ADJUSTABLE_CLASSES, POLICIES, type AdjustableClass, type PolicyLevel } from './policies.js';
import { strictest, type HoldingPolicy, type Wishes } from './strictest.js';

/** What holds for a message of an account in a conversation. */
export interface MessageScope {
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly conversation?: ConversationId;
}

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
const DEFAULT_METADATA_HOURS = POLICIES.metadata.defaultSeconds / HOUR_SECONDS;

/** The policies that hold, by what everybody concerned asked for. An installation where nobody asked pays one query every few seconds. */
export class PolicyBook {
  private asked: { readonly classes: ReadonlySet<string>; readonly untilMs: number } | undefined;

  constructor(
    private readonly wishes: RetentionWishStore,
    private readonly clock: Clock,
  ) {}

  /** The longest that an undelivered message of this scope may live, seconds. */
  async undeliveredSeconds(scope: MessageScope): Promise<number> {
    return (await this.holding('undelivered-envelope', scope)).keepSeconds;
  }

  /** How long its metadata stays after the deadline: one of the steps, hours. */
  async metadataHours(scope: MessageScope): Promise<number> {
    if (!(await this.classesAsked()).has('metadata')) return DEFAULT_METADATA_HOURS;
    const latestMs = this.clock.nowMs() - METADATA_AFTER_MS;
    const wishes = (await this.wishes.concerning(scope)).filter(({ setAt }) => setAt.getTime() <= latestMs);
    const { keepSeconds } = strictest('metadata', wishesOf('metadata', wishes));
    return METADATA_STEPS_HOURS.findLast((hours) => hours * HOUR_SECONDS <= keepSeconds) ?? DAY_HOURS;
  }

  /** Every lifetime that metadata of any message may have, hours: the default alone while nobody ever asked for another. */
  async metadataHoursInUse(): Promise<readonly number[]> {
    return (await this.classesAsked()).has('metadata') ? METADATA_STEPS_HOURS : [DEFAULT_METADATA_HOURS];
  }

  /** One class for one scope. */
  async holding(name: AdjustableClass, scope: MessageScope): Promise<HoldingPolicy> {
    if (!(await this.classesAsked()).has(name)) return strictest(name, {});
    return strictest(name, wishesOf(name, await this.wishes.concerning(scope)));
  }

  /** Every class that can be changed, for a scope. */
  async all(scope: MessageScope): Promise<readonly (HoldingPolicy & { readonly class: AdjustableClass })[]> {
    const wishes = await this.wishes.concerning(scope);
    return ADJUSTABLE_CLASSES.map((name) => ({ class: name, ...strictest(name, wishesOf(name, wishes)) }));
  }

  /** Writes a wish; null takes it back. */
  async ask(
    scope: WishScope,
    wish: { readonly class: AdjustableClass; readonly keepSeconds: number | null },
  ): Promise<void> {
    await this.wishes.set(scope, wish, this.clock.now());
    this.asked = undefined;
  }

  private async classesAsked(): Promise<ReadonlySet<string>> {
    const nowMs = performance.now();
    if (this.asked && nowMs < this.asked.untilMs) return this.asked.classes;
    this.asked = { classes: new Set(await this.wishes.classes()), untilMs: nowMs + BELIEVED_MS };
    return this.asked.classes;
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
