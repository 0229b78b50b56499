import type { TenantProfile } from '@causeway/abuse-control';
import { aFewADay, keepingOn, patient, probing } from './ways-of-writing.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Circumstances, type SenderKind, type Wanted } from './sender-kind.js';

/** How often somebody who did not ask for it answers an advertisement: generous, most measure less. */
const SPAM_ANSWERED = 0.03;
const unanswered = () => ({ answer: { probability: SPAM_ANSWERED } });

const AT_ONCE: readonly Wanted[] = [{ level: 3, withinRecipients: 20, recall: 0.99 }];
const STEADILY: readonly Wanted[] = [
  { level: 2, withinRecipients: 20, recall: 0.95 },
  { level: 3, withinRecipients: 50, recall: 0.95 },
];

type Row = Omit<SenderKind, 'profile' | 'isHonest'>;

const steady = (perHour: number): Row => ({
  name: `steady ${String(perHour)}/h`,
  what: `${String(perHour)} new people an hour, day and night, in honest people's rhythm`,
  count: 60,
  lastsMs: (200 / perHour) * HOUR_MS * 1.5,
  wanted: STEADILY,
  send: (of) => keepingOn(of, { people: 200, perHour, varies: unanswered }),
});

const slow = (perDay: number): Row => ({
  name: `slow ${String(perDay)}/day`,
  what: `${String(perDay)} new people a day for ten days, in waking hours`,
  count: 60,
  lastsMs: 10 * DAY_MS,
  send: (of) => aFewADay(of, { perDay, days: 10, varies: unanswered }),
});

const snowshoe = (name: string, what: string, clustersOf: (of: Circumstances) => readonly string[]): Row => ({
  name,
  what,
  count: 100,
  lastsMs: 7 * DAY_MS,
  send: (of) =>
    aFewADay(of, { perDay: 5, days: 7, varies: () => ({ ...unanswered(), features: { clusters: clustersOf(of) } }) }),
});

const ROWS: readonly Row[] = [
  {
    name: 'blast',
    what: '100 new people in 15 seconds',
    count: 60,
    lastsMs: HOUR_MS,
    wanted: AT_ONCE,
    send: (of) => keepingOn(of, { people: 100, perHour: 24_000, varies: unanswered }),
  },
  {
    name: 'blast, slower',
    what: 'a new person every 5 seconds',
    count: 60,
    lastsMs: HOUR_MS,
    wanted: AT_ONCE,
    send: (of) => keepingOn(of, { people: 200, perHour: 720, varies: unanswered }),
  },
  ...[10, 20, 30, 40, 60, 120].map(steady),
  ...[20, 8].map(slow),
  snowshoe('snowshoe', '100 accounts of 5 a day each, nothing in common', () => []),
  snowshoe('snowshoe, one network', '100 accounts of 5 a day each, registered from one network', () => [
    'network-of-the-attack',
  ]),
  {
    name: 'sequential',
    what: 'numbers in a row to telephones, 30 an hour',
    count: 60,
    lastsMs: 12 * HOUR_MS,
    wanted: AT_ONCE,
    send: (of) =>
      keepingOn(of, {
        people: 200,
        perHour: 30,
        varies: ({ chance }) => ({
          ...unanswered(),
          transport: 'clear',
          isDead: chance.happens(0.2),
          features: { gapClass: 'near', country: 'US' },
        }),
      }),
  },
  {
    name: 'pumping',
    what: 'telephones in three far countries, 30 an hour, every second number near another',
    count: 60,
    lastsMs: 12 * HOUR_MS,
    send: (of) =>
      keepingOn(of, {
        people: 200,
        perHour: 30,
        varies: ({ chance }) => ({
          answer: { probability: 0 },
          transport: 'clear',
          features: { gapClass: chance.happens(0.5) ? 'near' : 'far', country: chance.pick(['UZ', 'TJ', 'GN']) },
        }),
      }),
  },
  {
    name: 'bought list',
    what: 'telephones from a bought list, 15 an hour, every fourth number dead',
    count: 60,
    lastsMs: DAY_MS,
    send: (of) =>
      keepingOn(of, {
        people: 200,
        perHour: 15,
        varies: ({ chance }) => ({
          ...unanswered(),
          transport: 'clear',
          isDead: chance.happens(0.25),
          features: { gapClass: 'far', country: 'US' },
        }),
      }),
  },
  {
    name: 'ring of friends',
    what: '30 new people an hour, three of ten accomplices who answer within minutes',
    count: 60,
    lastsMs: 12 * HOUR_MS,
    send: (of) =>
      keepingOn(of, {
        people: 200,
        perHour: 30,
        varies: ({ chance }) =>
          chance.happens(0.3)
            ? { answer: { probability: 0.95, afterMs: chance.between(1, 5) * MINUTE_MS } }
            : { answer: { probability: SPAM_ANSWERED } },
      }),
  },
  {
    name: 'adaptive',
    what: 'watches every answer of the gateway, goes away at the first sign and comes back half as fast, for 14 days',
    count: 60,
    lastsMs: 14 * DAY_MS,
    send: (of) => probing(of, { startPerHour: 15, forMs: 14 * DAY_MS, answered: SPAM_ANSWERED }),
  },
  {
    name: 'patient',
    what: '20 an hour; does as each limit says and tries the same person again',
    count: 60,
    lastsMs: 14 * DAY_MS,
    send: (of) => patient(of, { people: 200, perHour: 20, answered: SPAM_ANSWERED }),
  },
  {
    name: 'conversational scam',
    what: '6 new people a day who are spoken to kindly: half of them answer',
    count: 60,
    lastsMs: 10 * DAY_MS,
    send: (of) => aFewADay(of, { perDay: 6, days: 10, varies: () => ({ answer: { probability: 0.5 } }) }),
  },
];

/** Every class of attack, as it would meet a tenant of this profile. */
export const attacksOn = (profile: TenantProfile): readonly SenderKind[] =>
  ROWS.map((row) => ({ ...row, profile, isHonest: false }));

/** The same senders, with recipients who report some of it: how much of a difference people make. */
export const withComplaints = (kind: SenderKind, probability: number): SenderKind => ({
  ...kind,
  name: `${kind.name}, reported by ${String(Math.round(probability * 100))} %`,
  send: (of) => complainedOf(kind.send(of), of, probability),
});

function* complainedOf(
  sender: ReturnType<SenderKind['send']>,
  of: Circumstances,
  probability: number,
): ReturnType<SenderKind['send']> {
  let step = sender.next();
  while (!step.done) {
    const decision = yield {
      ...step.value,
      complaint: { probability, afterMs: of.chance.between(1, 180) * MINUTE_MS },
    };
    step = sender.next(decision);
  }
}
