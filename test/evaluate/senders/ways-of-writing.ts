import type { Decision, GuardFeatures } from '@causeway/abuse-control';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Attempt, type Circumstances, type Sender } from './sender-kind.js';

/** What differs from one first contact to the next. */
type Varies = Omit<Attempt, 'atMs' | 'recipient'>;

interface Plan {
  /** New people in all. */
  readonly people: number;
  readonly perHour: number;
  readonly varies?: (circumstances: Circumstances, index: number) => Varies;
  /** Hours of a day in which there is sending; all of them unless said. */
  readonly wakes?: readonly [number, number];
}

const features = ({ accountAgeMs, startMs }: Circumstances, atMs: number, more?: GuardFeatures): GuardFeatures => ({
  accountAgeMs: accountAgeMs + (atMs - startMs),
  ...more,
});

const attempt = (of: Circumstances, atMs: number, index: number, varies: Varies = {}): Attempt => ({
  ...varies,
  atMs,
  recipient: `${of.name}-target-${String(index)}`,
  features: features(of, atMs, varies.features),
});

/** One new person after the other at a mean pace, with the unevenness of honest people; what is refused is given up for the next. */
export function* keepingOn(of: Circumstances, plan: Plan): Sender {
  let { startMs: atMs } = of;
  for (let index = 0; index < plan.people; index += 1) {
    atMs = awake(atMs, plan.wakes);
    yield attempt(of, atMs, index, plan.varies?.(of, index));
    atMs += of.gapMs(HOUR_MS / plan.perHour);
  }
}

function awake(atMs: number, wakes: Plan['wakes']): number {
  if (!wakes) return atMs;
  const dayMs = atMs % DAY_MS;
  const [from, to] = [wakes[0] * HOUR_MS, wakes[1] * HOUR_MS];
  if (dayMs >= from && dayMs < to) return atMs;
  return atMs - dayMs + from + (dayMs >= to ? DAY_MS : 0);
}

/** So many new people a day, at any hour of the day at which people are awake. */
export function* aFewADay(
  of: Circumstances,
  plan: { readonly perDay: number; readonly days: number; readonly varies?: Plan['varies'] },
): Sender {
  const firstDayMs = of.startMs - (of.startMs % DAY_MS);
  for (let day = 0; day < plan.days; day += 1) {
    const times = Array.from(
      { length: plan.perDay },
      () => firstDayMs + day * DAY_MS + of.chance.between(8, 22) * HOUR_MS,
    );
    for (const [index, atMs] of times.toSorted((a, b) => a - b).entries()) {
      const number = day * plan.perDay + index;
      yield attempt(of, Math.max(atMs, of.startMs), number, plan.varies?.(of, number));
    }
  }
}

/** How one who watches what becomes of every message goes to work: as fast as nothing happens, and away at the first sign. */
export function* probing(
  of: Circumstances,
  plan: { readonly startPerHour: number; readonly forMs: number; readonly answered: number },
): Sender {
  let perHour = plan.startPerHour;
  let { startMs: atMs } = of;
  const endMs = of.startMs + plan.forMs;
  for (let index = 0; atMs < endMs; index += 1) {
    const decision: Decision = yield attempt(of, atMs, index, { answer: { probability: plan.answered } });
    const isNoticed = decision.level > 0 || decision.action !== 'deliver';
    if (isNoticed) {
      // away until it is over and an hour longer, then half as fast
      atMs = Math.max(atMs, decision.untilMs ?? atMs) + HOUR_MS;
      perHour = Math.max(0.25, perHour / 2);
    } else {
      perHour = Math.min(120, perHour * 1.02);
      atMs += of.gapMs(HOUR_MS / perHour);
    }
  }
}

/** Waits as long as the guard says after each limit, and tries the same person again. */
export function* patient(
  of: Circumstances,
  plan: { readonly people: number; readonly perHour: number; readonly answered: number },
): Sender {
  let { startMs: atMs } = of;
  const endMs = of.startMs + 14 * DAY_MS;
  for (let index = 0; index < plan.people && atMs < endMs;) {
    const decision: Decision = yield attempt(of, atMs, index, { answer: { probability: plan.answered } });
    const isDelivered = decision.action === 'deliver' || decision.action === 'request';
    if (isDelivered) index += 1;
    atMs += isDelivered ? of.gapMs(HOUR_MS / plan.perHour) : Math.max(decision.retryAfterMs ?? MINUTE_MS, MINUTE_MS);
  }
}
