import { quotasOf, type SpendingSettings } from '@causeway/abuse-control';
import type { SpendingDay } from '@causeway/api-contract';
import type { TenantId } from '@causeway/message-model';
import { beyondLimit, type Clock } from '@causeway/platform';
import type { Events } from '@causeway/platform/server';
import type { Spent, SpendingStore, SpendingWish } from '@causeway/storage';
import { GroupCommit } from './group-commit.js';

const DAY_SECONDS = 24 * 3600;
const DAY_MS = DAY_SECONDS * 1000;
/** Under load one statement counts what arrives in this time. */
const GATHER_MS = 5;
/** One message is one unit, on every network that costs money; further parts are counted when a carrier took them. */
const UNITS = 1;

/** Holds a tenant to what it may spend on clear networks, by day and country: counted before a message is accepted, or it is not accepted. */
export class ChargeTenant {
  private readonly wishes: GroupCommit<SpendingWish, Spent>;

  constructor(
    private readonly options: {
      readonly spending: SpendingStore;
      readonly settings: SpendingSettings;
      /** Whether anybody from there answered this tenant lately. */
      readonly isProven: (tenant: TenantId, country: string) => boolean;
      readonly clock: Clock;
      readonly events: Events;
    },
  ) {
    this.wishes = new GroupCommit((wishes) => options.spending.spend(wishes), {
      maxItems: 200,
      maxUnderWay: 1,
      gatherMs: GATHER_MS,
      ownerOf: ({ tenant }) => tenant,
    });
  }

  /**
   * Throws `spending-limit-reached` with when there will be something left, and `unavailable` when it cannot be counted: then nothing goes. A
   * message that is sent again is counted again, which errs towards spending less.
   */
  async execute(tenant: TenantId, country: string): Promise<void> {
    const { clock, events, settings, isProven } = this.options;
    const day = Math.floor(clock.nowMs() / DAY_MS);
    const quotas = quotasOf(country, { settings, isProven: isProven(tenant, country) });
    const spent = await this.wishes.add({ tenant, day, country, units: UNITS, ...quotas });
    events.messageCharged({ isWithinLimit: spent.isTaken });
    if (spent.isTaken) return;
    const isOfCountry = spent.inCountry < 0;
    throw beyondLimit(
      {
        policy: isOfCountry ? 'spending-country' : 'spending-all',
        quota: isOfCountry ? quotas.ofCountry : quotas.ofAll,
        windowSeconds: DAY_SECONDS,
        resetSeconds: Math.ceil(((day + 1) * DAY_MS - clock.nowMs()) / 1000),
      },
      { pointer: '/to', detail: isOfCountry ? OF_COUNTRY : OF_ALL },
      'spending-limit-reached',
    );
  }

  /** Today and yesterday, with what the tenant may spend now. */
  async shown(tenant: TenantId): Promise<readonly SpendingDay[]> {
    const { spending, settings, isProven } = this.options;
    return (await spending.of(tenant)).map(({ day, country, units }) => {
      const quotas = quotasOf(country, { settings, isProven: country !== '*' && isProven(tenant, country) });
      return {
        day: new Date(day * DAY_MS).toISOString().slice(0, 10),
        country,
        messages: units,
        quota: country === '*' ? quotas.ofAll : quotas.ofCountry,
      };
    });
  }
}

const OF_COUNTRY =
  'As many messages went to telephones in that country today as may; they go on tomorrow. Messages on this network are not counted.';
const OF_ALL =
  'As many messages went to telephones today as may; they go on tomorrow. Messages on this network are not counted.';
