import type { MessageFacts } from '../support/database-witness.js';
import type { CarrierFact } from './carrier-truth.js';
import { isToTelephone, type Journal, type Offer } from './journal.js';

/** What the product itself says became of a message. */
export interface Verdict {
  /** `delivered`, `failed`, `unconfirmed`, ... in the tables; undefined when they know nothing of it. */
  readonly stored: string | undefined;
  readonly reason: string | null;
  /** As the sender's own device shows it. */
  readonly shown: string | undefined;
  /** What the sender is told of each attempt, in order: the label by which a person can know of a second copy. */
  readonly attempts: readonly string[];
  /** What the tables say of it beyond that, for whoever looks into a broken promise. */
  readonly facts?: MessageFacts;
}

export interface Evidence {
  readonly journal: Journal;
  /** The carrier's own log. */
  readonly carrier: readonly CarrierFact[];
  /** By text. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/** Every violation is a sentence that names the message. */
export interface Findings {
  readonly offered: number;
  /** Acknowledged to the client by a 202, or by the carrier to a handset. */
  readonly accepted: number;
  readonly delivered: number;
  /** Told to the sender, by reason; `expired` is one. */
  readonly failed: Readonly<Record<string, number>>;
  readonly unconfirmed: number;
  /** Turned away at the door, by the problem's code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Submissions that the spam guard put off; the device makes them again. */
  readonly slowed: number;
  readonly lost: readonly string[];
  readonly nativeDuplicates: readonly string[];
  readonly inboundDuplicates: readonly string[];
  /** On a network that knows a message by its id and shows it once. */
  readonly rcsDuplicates: readonly string[];
  readonly smsDuplicates: readonly string[];
  /** Those of `smsDuplicates` of which the sender cannot know. */
  readonly unlabelledDuplicates: readonly string[];
  readonly outOfOrder: readonly string[];
  readonly neverTerminal: readonly string[];
  /** The product says something that is not so: failed and yet on the handset, delivered and nowhere. */
  readonly untrue: readonly string[];
}

const TERMINAL: ReadonlySet<string> = new Set(['delivered', 'failed', 'expired', 'cancelled', 'unconfirmed']);
/** Outcomes of attempts after which the sender has to reckon with a copy. */
const MAY_HAVE_ARRIVED: ReadonlySet<string> = new Set(['accepted', 'sent', 'delivered', 'unconfirmed', 'unknown']);

/**
 * Holds independent witnesses against each other: what clients were acknowledged, what the carrier's own log says reached handsets, what
 * devices decrypted, and what the product believes. Reads nothing that the product wrote except to see whether it tells the truth.
 */
export function checkDelivery({ journal, carrier, verdicts }: Evidence): Findings {
  const tally = newTally();
  const copies = countCopies(journal, carrier);
  for (const offer of journal.offers) {
    if (offer.refused !== undefined) {
      count(tally.refused, offer.refused);
      continue;
    }
    const shown = verdicts.get(offer.text)?.shown ?? 'unsubmitted';
    if (journal.isAcknowledged(offer) || shown !== 'unsubmitted') tally.accepted += 1;
    if (offer.lane.journey === 'inbound') checkInbound(offer, copies, tally);
    else checkSent(offer, copies, verdicts.get(offer.text), tally);
  }
  return {
    offered: journal.offers.length,
    slowed: journal.slowed,
    ...tally,
    failed: Object.fromEntries(tally.failed),
    refused: Object.fromEntries(tally.refused),
    outOfOrder: disorders(journal, carrier),
  };
}

const newTally = () => ({
  accepted: 0,
  delivered: 0,
  unconfirmed: 0,
  failed: new Map<string, number>(),
  refused: new Map<string, number>(),
  lost: new Array<string>(),
  nativeDuplicates: new Array<string>(),
  inboundDuplicates: new Array<string>(),
  rcsDuplicates: new Array<string>(),
  smsDuplicates: new Array<string>(),
  unlabelledDuplicates: new Array<string>(),
  neverTerminal: new Array<string>(),
  untrue: new Array<string>(),
});
type Tally = ReturnType<typeof newTally>;

/** How often a text is at a place. */
type Copies = (place: string, text: string) => number;

function checkInbound({ lane, text }: Offer, copies: Copies, tally: Tally): void {
  const counts = lane.receivers.map((device) => copies(device, text));
  if (counts.every((times) => times > 0)) tally.delivered += 1;
  else
    tally.lost.push(
      `${text}: written on the handset, on ${lane.receivers.join(' and ')} ${counts.join(' and ')} times`,
    );
  if (counts.some((times) => times > 1)) tally.inboundDuplicates.push(text);
}

function checkSent(offer: Offer, copies: Copies, verdict: Verdict | undefined, tally: Tally): void {
  const { lane, text } = offer;
  const arrived = copies(lane.destination, text);
  const stored = verdict?.stored;
  if (stored === undefined || !TERMINAL.has(stored)) {
    tally.neverTerminal.push(`${text}: ${stored ?? 'not in the tables'}`);
    if (arrived === 0) tally.lost.push(`${text}: ${stored ?? 'not in the tables'}, and nowhere`);
  } else if (verdict?.shown !== stored) {
    tally.neverTerminal.push(`${text}: ${stored} in the tables, ${verdict?.shown ?? 'nothing'} on its sender's device`);
  }
  switch (stored ?? 'unknown') {
    case 'delivered':
      tally.delivered += 1;
      if (arrived === 0) tally.lost.push(`${text}: said to be delivered, and nowhere`);
      break;
    case 'unconfirmed':
      tally.unconfirmed += 1;
      break;
    case 'failed':
    case 'expired':
    case 'cancelled':
      count(tally.failed, verdict?.reason ?? String(stored));
      if (arrived > 0) tally.untrue.push(`${text}: ${stored}, and yet it arrived`);
      break;
  }
  checkCopies(offer, copies, tally);
  if (!isToTelephone(lane) || arrived < 2) return;
  if (lane.journey === 'rcs') {
    tally.rcsDuplicates.push(`${text}: ${arrived} copies`);
    return;
  }
  tally.smsDuplicates.push(text);
  const told = (verdict?.attempts ?? []).filter((outcome) => MAY_HAVE_ARRIVED.has(outcome)).length;
  if (told < arrived)
    tally.unlabelledDuplicates.push(`${text}: ${arrived} copies, told ${verdict?.attempts.join(', ')}`);
}

/** Every device that should show it does, once: the recipient's, and the sender's other ones. */
function checkCopies({ lane, text }: Offer, copies: Copies, tally: Tally): void {
  for (const device of lane.receivers) {
    const times = copies(device, text);
    if (times > 1) tally.nativeDuplicates.push(`${text}: ${times} times on ${device}`);
    if (times === 0) tally.lost.push(`${text}: not on ${device}`);
  }
}

function countCopies(journal: Journal, carrier: readonly CarrierFact[]): Copies {
  const counts = new Map<string, number>();
  const add = (place: string, text: string): void => {
    const key = `${place}\n${text}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const { event, to, body } of carrier) if (event === 'shown') add(to, body);
  for (const { at, text } of journal.arrivals) if (!at.startsWith('+')) add(at, text);
  return (place, text) => counts.get(`${place}\n${text}`) ?? 0;
}

/** First copies in the order in which a place got them; what a network brings in has no order we could promise. */
function disorders(journal: Journal, carrier: readonly CarrierFact[]): string[] {
  const atHandsets = carrier.filter(({ event }) => event === 'shown').map(({ to, body }) => ({ at: to, text: body }));
  const atDevices = journal.arrivals.filter(({ at }) => !at.startsWith('+'));
  const latest = new Map<string, number>();
  const seen = new Set<string>();
  return [...atHandsets, ...atDevices].flatMap(({ at, text }) => {
    const offer = journal.offerOf(text);
    const place = `${at}\n${offer?.lane.name}`;
    if (!offer || offer.lane.journey === 'inbound' || seen.has(`${place}\n${text}`)) return [];
    seen.add(`${place}\n${text}`);
    const last = latest.get(place) ?? 0;
    latest.set(place, Math.max(last, offer.number));
    return offer.number < last ? [`${text}: after #${last} at ${at}`] : [];
  });
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
