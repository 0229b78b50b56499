import { Injectable } from '@nestjs/common';
import type { AskPolicy, AskTenantPolicy, HeldPolicies } from '@causeway/api-contract';
import {
  askedWith,
  CausewayError,
  overridableText,
  PERSONAL_CLASSES,
  policyOf,
  RETENTION_CLASSES,
  TENANT_CLASSES,
  type ConversationId,
  type RetentionClass,
  type TenantId,
} from '@causeway/message-model';
import { strictest, wishesOf, type PolicyBook } from '@causeway/retention';
import type { AuthenticatedDevice, RetentionWish, RetentionWishStore } from '@causeway/storage';

/** Reads and takes wishes about how long things are kept. */
@Injectable()
export class PolicyDesk {
  constructor(
    private readonly wishes: RetentionWishStore,
    private readonly book: PolicyBook,
    private readonly tenant: TenantId,
  ) {}

  async of(caller: AuthenticatedDevice, conversation?: ConversationId): Promise<HeldPolicies> {
    if (conversation !== undefined) await this.requireMember(caller, conversation);
    const { tenant, account } = caller;
    const wishes = await this.wishes.concerning({
      tenant,
      account,
      ...(conversation === undefined ? {} : { conversation }),
    });
    return conversation === undefined ? described(wishes, forAll(wishes)) : described(wishes, wishes);
  }

  async ask(caller: AuthenticatedDevice, { conversation, ...wish }: AskPolicy): Promise<HeldPolicies> {
    const { tenant, account } = caller;
    requireBounds(wish);
    if (conversation !== undefined) await this.requireMember(caller, conversation);
    await this.book.ask({ tenant, account, ...(conversation === undefined ? {} : { conversation }) }, wish);
    return this.of(caller, conversation);
  }

  async ofTenant(): Promise<HeldPolicies> {
    const wishes = await this.wishes.ofTenant(this.tenant);
    return described(wishes, wishes);
  }

  async askForTenant(wish: AskTenantPolicy): Promise<HeldPolicies> {
    requireBounds(wish);
    await this.book.askForTenant(this.tenant, wish);
    return this.ofTenant();
  }

  private async requireMember({ tenant, account }: AuthenticatedDevice, conversation: ConversationId): Promise<void> {
    if (await this.wishes.isMember({ tenant, account, conversation })) return;
    throw new CausewayError('not-found', { pointer: '/conversation' });
  }
}

function requireBounds(wish: { readonly class: RetentionClass; readonly keepSeconds: number | null }): void {
  const { minSeconds, maxSeconds } = policyOf(wish.class);
  if (wish.keepSeconds === null || (wish.keepSeconds >= minSeconds && wish.keepSeconds <= maxSeconds)) return;
  throw new CausewayError('invalid-request', {
    pointer: '/keepSeconds',
    detail: `This class is kept for ${minSeconds} to ${maxSeconds} seconds`,
  });
}

const forAll = (wishes: readonly RetentionWish[]) => wishes.filter(({ conversation }) => conversation === '');

const ADJUSTABLE_CLASSES = [...new Set([...PERSONAL_CLASSES, ...TENANT_CLASSES])];

function described(wishes: readonly RetentionWish[], holding: readonly RetentionWish[]): HeldPolicies {
  const policies = RETENTION_CLASSES.map((name) => {
    const { levels, follows: _, fixedBecause: __, ...policy } = policyOf(name);
    const adjustable = ADJUSTABLE_CLASSES.find((each) => each === askedWith(name));
    const asked = adjustable === undefined ? {} : wishesOf(adjustable, holding);
    const tenantSeconds = strictest(name, { tenant: asked.tenant ?? [] }).keepSeconds;
    const overridable = overridableText(name);
    return { class: name, ...policy, levels: [...levels], overridable, tenantSeconds, ...strictest(name, asked) };
  });
  return { policies, conversations: conversationsIn(wishes) };
}

function conversationsIn(wishes: readonly RetentionWish[]): HeldPolicies['conversations'] {
  const asked = wishes.filter((wish) => wish.conversation !== '' && wish.keepSeconds !== null);
  const names = [...new Set(asked.map(({ conversation }) => conversation))];
  return names.flatMap((conversation) =>
    PERSONAL_CLASSES.flatMap((name) => {
      const seconds = asked.flatMap((wish) =>
        wish.conversation === conversation && wish.class === name && wish.keepSeconds !== null
          ? [wish.keepSeconds]
          : [],
      );
      return seconds.length === 0 ? [] : [{ conversation, class: name, keepSeconds: Math.min(...seconds) }];
    }),
  );
}
