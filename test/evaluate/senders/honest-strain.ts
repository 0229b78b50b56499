import type { TenantProfile } from '@causeway/abuse-control';
import { keepingOn } from './ways-of-writing.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Circumstances, type Sender, type SenderKind } from './sender-kind.js';

const FRIENDS_ANSWER = 0.7;

function* shop(of: Circumstances, perDay: number): Sender {
  for (let index = 0; index < perDay * 5; index += 1) {
    const day = Math.floor(index / perDay);
    const atMs =
      of.startMs + day * DAY_MS + ((index % perDay) / perDay) * 9 * HOUR_MS + of.chance.between(0, 5) * MINUTE_MS;
    // customers write first: what the shop sends is the second half of a conversation
    yield {
      atMs,
      recipient: `${of.name}-customer-${String(index)}`,
      isEstablished: true,
      features: { accountAgeMs: of.accountAgeMs },
    };
  }
}

function* party(of: Circumstances): Sender {
  let { startMs: atMs } = of;
  for (let index = 0; index < 40; index += 1) {
    yield {
      atMs,
      recipient: `${of.name}-friend-${String(index)}`,
      isEstablished: true,
      features: { accountAgeMs: of.accountAgeMs },
    };
    atMs += of.gapMs(15_000);
  }
}

const strains = (profile: TenantProfile): readonly Omit<SenderKind, 'isHonest'>[] => [
  {
    name: 'new telephone',
    what: '25 friends told within two hours, from an account of this hour; seven of ten answer',
    profile,
    count: 200,
    lastsMs: 3 * HOUR_MS,
    send: (of) =>
      keepingOn(
        { ...of, accountAgeMs: 0 },
        { people: 25, perHour: 12.5, varies: () => ({ answer: { probability: FRIENDS_ANSWER } }) },
      ),
  },
  {
    name: 'party',
    what: '40 people one talks with, within ten minutes',
    profile,
    count: 100,
    lastsMs: HOUR_MS,
    send: party,
  },
  {
    name: 'shop',
    what: '60 customers a day who wrote first, for five days',
    profile,
    count: 100,
    lastsMs: 6 * DAY_MS,
    send: (of) => shop(of, 60),
  },
  {
    name: 'club evening',
    what: '20 members asked within an evening; every second answers',
    profile,
    count: 100,
    lastsMs: 4 * HOUR_MS,
    send: (of) => keepingOn(of, { people: 20, perHour: 10, varies: () => ({ answer: { probability: 0.5 } }) }),
  },
];

const CLINIC: Omit<SenderKind, 'isHonest'> = {
  name: 'clinic',
  what: 'a registered sender: 300 reminders to telephones in a morning, hardly any answered, one in 2,000 complained of',
  profile: 'registered-bulk',
  count: 50,
  lastsMs: DAY_MS,
  send: (of) =>
    keepingOn(of, {
      people: 300,
      perHour: 100,
      varies: ({ chance }) => ({
        answer: { probability: 0.03 },
        transport: 'clear',
        isDead: chance.happens(0.01),
        features: { gapClass: 'far', country: 'DE' },
        complaint: { probability: 1 / 2_000, afterMs: HOUR_MS },
      }),
    }),
};

/** Honest people at their busiest. */
export const honestStrain = (profile: TenantProfile): readonly SenderKind[] =>
  [...strains(profile), CLINIC].map((kind) => ({ ...kind, isHonest: true }));
