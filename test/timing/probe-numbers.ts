import type { BenchDevice } from '../bench/site/seed-accounts.js';
import type { SeededRandom } from '../support/seeded-random.js';
import { PLANTED_MS } from './compare-answers.js';
import { DelayedLink } from './delayed-link.js';
import { LegKeys } from './leg-keys.js';
import { linkNumbers, numberAt } from './linked-numbers.js';
import { lookOf } from './look-of-answer.js';
import { medianDifference, type MedianDifference } from './median-difference.js';
import { present } from './people-asked-about.js';
import { TimedClient, type Asked, type TimedAnswer } from './timed-client.js';
import type { TimingField } from './timing-field.js';

/** One account asks for 50 new numbers a day: twenty pairs, and ten more over the slow link. */
const PAIRS_OF_ASKER = 20;
const PAIRS_OF_PLANTED = 2;
/** Beyond the numbers of other questions. */
const FROM_PLACE = 1_000_000;

export type Asking = 'number' | 'route' | 'explanation' | 'inbox' | 'past the limit';

/** What somebody with many accounts saw, who asked for numbers that are linked and not to be found, each beside one that nobody linked. */
export interface ProbeResult {
  /** Numbers whose owners did not opt in; as many that nobody linked. */
  readonly numbers: number;
  readonly askers: number;
  /** Median time of an answer about a number that nobody linked, milliseconds. */
  readonly usualMs: number;
  readonly linked: MedianDifference;
  /** Numbers that nobody linked, asked for over a link that is slower by `PLANTED_MS`. */
  readonly planted: MedianDifference;
  /** All that answers looked like: one each, when nothing was learned. */
  readonly looks: Readonly<Record<Asking, readonly string[]>>;
  /** That the number of somebody who may be found by everybody looked different: else nothing could be seen here. */
  readonly isFindableSeen: boolean;
}

export interface ProbeOptions {
  readonly gatewayUrl: string;
  readonly random: SeededRandom;
  /** Rounded up to what whole askers ask for. */
  readonly numbers: number;
  readonly say?: (line: string) => void;
}

/** Does all that an account can do with a number: asks for it, asks for a route to it and why, and looks into its inbox afterwards. */
export async function probeNumbers(field: TimingField, options: ProbeOptions): Promise<ProbeResult> {
  const askers = await field.people(Math.ceil(options.numbers / PAIRS_OF_ASKER));
  const numbers = askers.length * PAIRS_OF_ASKER;
  const pick = (from: number) => (place: number) => numberAt(FROM_PLACE + from + place);
  const asked: AskedFor = {
    linked: pick(0),
    unlinked: pick(numbers),
    planted: pick(2 * numbers),
    beyond: pick(3 * numbers),
  };
  const several = (of: (place: number) => string, from: number, to: number): readonly string[] =>
    Array.from({ length: to - from }, (_, index) => of(from + index));
  await linkNumbers(field, several(asked.linked, 0, numbers / 2), 'nobody');
  await linkNumbers(field, several(asked.linked, numbers / 2, numbers), 'contacts');
  await linkNumbers(field, several(asked.beyond, 0, askers.length), 'nobody');
  const findable = numberAt(FROM_PLACE + 4 * numbers);
  await linkNumbers(field, [findable], 'everyone');
  const links = [await DelayedLink.to(options.gatewayUrl, 0), await DelayedLink.to(options.gatewayUrl, PLANTED_MS)];
  const probe = new Probe(
    new LegKeys(field, present(askers[0]).token),
    new TimedClient(present(links[0]).port),
    new TimedClient(present(links[1]).port),
    asked,
  );
  try {
    for (const [place, asker] of askers.entries()) {
      for (let pair = 0; pair < PAIRS_OF_ASKER; pair += 1)
        await probe.askForPair(asker, place * PAIRS_OF_ASKER + pair, options.random);
      await probe.askPastLimit(asker, [place, askers.length + place]);
      if ((place + 1) % 100 === 0) options.say?.(`${(place + 1) * PAIRS_OF_ASKER} numbers`);
    }
    await probe.lookAround(askers);
    const [curious] = await field.people(1);
    const isFindableSeen = await probe.looksDifferent(present(curious), findable);
    return { numbers, askers: askers.length, ...probe.result, isFindableSeen };
  } finally {
    probe.close();
    for (const link of links) link.close();
  }
}

/** Numbers by their place; of `beyond`, one of each asker's two is linked. */
type AskedFor = Readonly<Record<'linked' | 'unlinked' | 'planted' | 'beyond', (place: number) => string>>;

class Probe {
  private readonly seen = new Map<Asking, Set<string>>();
  private readonly contacts: { readonly token: string; readonly contact: string }[] = [];
  private readonly times = { usual: [] as number[], linked: [] as number[], planted: [] as number[] };

  constructor(
    private readonly legKeys: LegKeys,
    private readonly direct: TimedClient,
    private readonly slow: TimedClient,
    private readonly numbers: AskedFor,
  ) {}

  get result(): Pick<ProbeResult, 'usualMs' | 'linked' | 'planted' | 'looks'> {
    const { usual, linked, planted } = this.times;
    const looks = (of: Asking): readonly string[] => [...(this.seen.get(of) ?? [])];
    return {
      usualMs: usual.toSorted((a, b) => a - b)[usual.length >> 1] ?? Number.NaN,
      linked: medianDifference(linked),
      planted: medianDifference(planted),
      looks: {
        number: looks('number'),
        route: looks('route'),
        explanation: looks('explanation'),
        inbox: looks('inbox'),
        'past the limit': looks('past the limit'),
      },
    };
  }

  close(): void {
    this.direct.close();
    this.slow.close();
  }

  async askForPair(asker: BenchDevice, place: number, random: SeededRandom): Promise<void> {
    const took = { linked: 0, unlinked: 0, planted: 0 };
    const hasPlanted = place % PAIRS_OF_PLANTED === 0;
    const kinds = ['linked', 'unlinked', ...(hasPlanted ? (['planted'] as const) : [])] as const;
    for (const kind of random.shuffle<keyof typeof took>(kinds)) {
      const question = await this.legKeys.askAbout(this.numbers[kind](place), asker);
      const answer = await this.see('number', question, kind === 'planted' ? this.slow : this.direct);
      took[kind] = answer.tookMs;
      this.contacts.push({ token: asker.token, contact: contactIn(answer) });
    }
    this.times.usual.push(took.unlinked);
    this.times.linked.push(took.linked - took.unlinked);
    if (hasPlanted) this.times.planted.push(took.planted - took.unlinked);
  }

  async askPastLimit(asker: BenchDevice, places: readonly number[]): Promise<void> {
    for (const place of places)
      await this.see('past the limit', await this.legKeys.askAbout(this.numbers.beyond(place), asker));
  }

  async lookAround(askers: readonly BenchDevice[]): Promise<void> {
    for (const { token, contact } of this.contacts) {
      const to = { method: 'POST', token, body: { to: { kind: 'contact', contact } } };
      await this.see('route', { ...to, path: '/v1/routes' });
      await this.see('explanation', { ...to, path: '/v1/routes/explain' });
    }
    for (const { token } of askers) await this.see('inbox', { method: 'GET', path: '/v1/inbox', token });
  }

  async looksDifferent(asker: BenchDevice, number: string): Promise<boolean> {
    const answer = await this.direct.ask(await this.legKeys.askAbout(number, asker));
    return answer.status === 201 && !this.seen.get('number')?.has(lookOf(answer));
  }

  private async see(asking: Asking, question: Asked, client = this.direct): Promise<TimedAnswer> {
    const answer = await client.ask(question);
    const looks = this.seen.get(asking) ?? new Set();
    this.seen.set(asking, looks.add(lookOf(answer)));
    return answer;
  }
}

function contactIn({ text }: TimedAnswer): string {
  const contact = /"contact":"(c_[A-Za-z0-9_-]+)"/.exec(text)?.[1];
  if (contact === undefined) throw new Error(`no contact in an answer: ${text}`);
  return contact;
}
