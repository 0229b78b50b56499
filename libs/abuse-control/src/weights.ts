import type { SignalName } from './signals.js';
import type { TenantProfile } from './tenant-profile.js';

/** Signals that say nearly the same count once: of each group only the row with the most points. */
export type SignalGroup =
  | 'volume'
  | 'answers'
  | 'persistence'
  | 'pattern'
  | 'newness'
  | 'complaints'
  | 'routes'
  | 'neighbours'
  | 'conversations';

/** One threshold. `sentence` is for the person it is about, `because` for the operator who tunes it. */
export interface Weight {
  readonly signal: SignalName;
  readonly group: SignalGroup;
  readonly from: number;
  /** With `atMost` the signal counts when it is as low as `from`. */
  readonly side: 'atLeast' | 'atMost';
  readonly points: number;
  readonly because: string;
}

const row =
  (signal: SignalName, group: SignalGroup) =>
  (from: number, points: number, because: string, side: Weight['side'] = 'atLeast'): Weight => ({
    signal,
    group,
    from,
    side,
    points,
    because,
  });

const n1 = row('N1', 'volume');
const n10 = row('N10', 'volume');
const n60 = row('N60', 'volume');
const n24 = row('N24', 'volume');
const n7 = row('N7', 'volume');
const rr = row('RR', 'answers');
const nru = row('NRU', 'persistence');
const seq = row('SEQ', 'pattern');
const cvw = row('CVW', 'pattern');
const age = row('AGE', 'newness');
const rep = row('REP', 'complaints');
const blk = row('BLK', 'complaints');
const ctry = row('CTRY', 'routes');
const newc = row('NEWC', 'routes');
const dlr = row('DLR', 'routes');
const clu = row('CLU', 'neighbours');
const est = row('EST', 'conversations');

/** What speaks for and against a sender whatever the tenant is. */
const EVERYWHERE: readonly Weight[] = [
  rr(1.5, 1, 'Four to one that these contacts are unwanted.'),
  rr(
    3,
    1.4,
    'Twenty to one. Silence, insisting and being new together stay below 2: they lift a challenge to no block.',
  ),
  rr(
    -2,
    -0.3,
    'Seven to one for the sender, so two answers at least: what volume would block at 6 is held at 5.7.',
    'atMost',
  ),
  rr(-3, -1, 'Twenty to one: more than two chance answers among twenty people.', 'atMost'),
  rr(-4, -2, 'Fifty to one.', 'atMost'),
  rr(-5, -3, 'A hundred and fifty to one.', 'atMost'),
  nru(60, 0.1, 'Sixty messages within 14 days to people who never answered: insisting.'),
  seq(0.5, 4, 'Half of the new numbers lie within 10 of another: somebody counts upwards.'),
  seq(0.8, 7, 'Nearly all do.'),
  cvw(0.15, 1, 'Ten gaps in a row that are all but equal are kept by a program.', 'atMost'),
  age(1, 0.1, 'The first day: whom nobody knows yet has no credit.', 'atMost'),
  rep(2, 2, 'Two people who proved what they were sent.'),
  rep(4, 4, 'Four.'),
  rep(8, 7, 'Eight: nobody annoys so many by mistake.'),
  blk(4, 1, 'People block for private reasons too: it takes several.'),
  blk(8, 3, 'Eight in a week.'),
  dlr(0.1, 1, 'Of honest messages less than 2 in 100 go nowhere; of bought or guessed lists many do.'),
  dlr(0.3, 3, 'Every third number does not exist.'),
  clu(3, 2, 'Three neighbours were suspended within the week.'),
  clu(10, 4, 'Ten were.'),
  est(
    5,
    -1.1,
    'Five conversations in which both wrote: volume alone is a step lower, with silence as high as without them.',
  ),
  est(25, -1.6, 'Twenty-five: somebody whom many know is held, and blocked at three times what blocks a stranger.'),
];

/** People who meet strangers on purpose: of 1,350 senders p99.9 is 29 in 10 minutes, 72 an hour, 97 a day (CollegeMsg). */
const COMMUNITY: readonly Weight[] = [
  n1(6, 2, 'Beyond p99 of what people do in a minute.'),
  n1(10, 4, 'Nobody reads ten profiles a minute.'),
  n1(17, 7.7, 'p99.9 is 10.6: a program, whoever knows it.'),
  n10(12, 2, 'Near p99 of 10 minutes.'),
  n10(16, 3.5, 'p99 is 14.'),
  n10(20, 6.2, 'Far beyond p99, short of p99.9: only answers, of today or of other days, make it a hold.'),
  n10(30, 7.7, 'p99.9 is 29: whoever knows them.'),
  n60(14, 2, 'Below p99 of an hour.'),
  n60(18, 3, 'p99 is 20.'),
  n60(32, 4, 'Between p99 and p99.9: a hold, since nobody can have answered much; the day decides about a block.'),
  n24(15, 2, 'Between p90 and p99 of a day.'),
  n24(19, 3.5, 'Half way to p99 of a day: with silence it is worth a challenge.'),
  n24(20, 4.3, 'One sender-day in 200 gets here. Worth a challenge, unless people answer as they do elsewhere.'),
  n24(48, 6, 'Half beyond p99, which is 31: a day without new people, unless people answer.'),
  n24(100, 7, 'p99.9 is 97: whoever answers, a challenge.'),
  n24(120, 9, 'Between p99.9 and the most ever seen, 142: accomplices who answer buy no more than this.'),
  n7(60, 1.5, 'p99 of a week is 61.'),
  n7(
    80,
    3.5,
    'Between p99 and p99.9, which is 114: with silence a hold. A block would outlast what it was for by days.',
  ),
  n7(120, 4.7, 'Beyond p99.9: a block, and only with silence.'),
];

/** People who know each other: p99 of distinct contacts is 14 to 17 a month (Wu et al. 2010). */
const PHONE: readonly Weight[] = [
  n1(5, 2, 'An address book is imported, not written to, at this pace.'),
  n1(8, 4, 'Nobody writes to eight new people in a minute.'),
  n1(14, 7.7, 'A program.'),
  n10(8, 2, 'A week of new people in ten minutes.'),
  n10(14, 4, 'A month of them.'),
  n10(18, 7.7, 'More than a month of them.'),
  n60(12, 2, 'A new telephone tells its friends: 25 in two hours must pass with answers.'),
  n60(18, 3.5, 'Beyond a month of new people in an hour.'),
  n60(30, 5, 'Two months of them.'),
  n24(15, 2, 'p99 of a month in one day.'),
  n24(19, 3, 'Beyond it.'),
  n24(20, 4, 'More people in a day than nearly anybody in a month: worth a challenge, unless people answer.'),
  n24(40, 5, 'p99.9 of a month is 37 to 135.'),
  n7(45, 2, 'p99.9 of a month in a week.'),
  n24(48, 6, 'Three months of new people in a day.'),
  n24(80, 9, 'Whoever answers: accomplices buy no more than this.'),
  n7(80, 4.7, 'Far beyond: a block only with silence.'),
  ctry(3, 1, 'New people in three countries within a day.'),
  ctry(6, 3, 'In six.'),
  newc(0.5, 1, 'Half of these countries never answered anybody here: how pumping begins.'),
];

/** Registered senders with consent of those they write to: volume is declared and limited elsewhere, silence is normal, complaints are not. */
const REGISTERED_BULK: readonly Weight[] = [
  n1(240, 4, 'Beyond what a bridge number can carry: the declared pace was left.'),
  n60(900, 3, 'Near the most that is counted.'),
  seq(0.5, 4, 'Patients and parents do not have numbers in a row.'),
  seq(0.8, 7, 'Nearly all are.'),
  rep(1, 2, 'Every complaint about a registered sender is looked at.'),
  rep(3, 4, 'Three.'),
  rep(6, 7, 'Six.'),
  blk(4, 1, 'Four blocks in a week.'),
  blk(12, 4, 'Twelve.'),
  dlr(0.1, 2, 'A list with opt-in proof has few dead numbers.'),
  dlr(0.3, 4, 'A bought list.'),
  ctry(4, 2, 'A clinic has no patients in four countries.'),
  clu(3, 2, 'Three neighbours were suspended within the week.'),
];

export const WEIGHTS: Readonly<Record<TenantProfile, readonly Weight[]>> = {
  community: [...COMMUNITY, ...EVERYWHERE],
  phone: [...PHONE, ...EVERYWHERE],
  'registered-bulk': REGISTERED_BULK,
};

/** How often a first contact is answered before a tenant was measured, and how many contacts that assumption is worth. */
export const ANSWER_RATE_PRIOR: Readonly<Record<TenantProfile, { readonly rate: number; readonly worth: number }>> = {
  community: { rate: 0.45, worth: 300 },
  phone: { rate: 0.6, worth: 300 },
  'registered-bulk': { rate: 0.05, worth: 300 },
};
