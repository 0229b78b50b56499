/** The ways messages take, each of which has to flow again after whatever happened. */
export const JOURNEYS = ['native', 'sms', 'rcs', 'inbound'] as const;
export type Journey = (typeof JOURNEYS)[number];

/** One stream of messages, submitted one after the other. */
export interface Lane {
  readonly name: string;
  readonly journey: Journey;
  /** Devices on which each message must appear, once. */
  readonly receivers: readonly string[];
  /** Where traffic has to come out: a device by its name, or a handset by its number. A sender's other devices see copies before. */
  readonly destination: string;
}

/** A message somebody wanted to send, and what their device, or the carrier for a handset, answered. */
export interface Offer {
  readonly lane: Lane;
  readonly number: number;
  readonly text: string;
  readonly atMs: number;
  /** When the answer came, whichever it was. */
  answeredMs?: number;
  messageId: string | undefined;
  /** The gateway's 202 reached the device; for a handset: the carrier took it. */
  isAcknowledged: boolean;
  /** It was turned away, and the person knows. */
  refused: string | undefined;
}

/** A message in front of a person. */
export interface Arrival {
  readonly text: string;
  /** A device by its name, or a handset by its number. */
  readonly at: string;
  readonly atMs: number;
}

export const isToTelephone = ({ journey }: Lane): boolean => journey === 'sms' || journey === 'rcs';

export const textOf = (lane: Pick<Lane, 'name'>, number: number): string => `${lane.name} #${number}`;

/** What was offered and what arrived, as it happens. The witnesses at both ends write; recovery and checker read. */
export class Journal {
  readonly offers: Offer[] = [];
  readonly arrivals: Arrival[] = [];
  /** How often the spam guard told a device to wait. */
  slowed = 0;
  private readonly acknowledged = new Set<string>();
  private readonly byText = new Map<string, Offer>();

  /** Written down before it is submitted: what arrives before the answer is known as well. */
  offer(given: Pick<Offer, 'lane' | 'number' | 'text' | 'atMs'>): Offer {
    const offer: Offer = { ...given, messageId: undefined, isAcknowledged: false, refused: undefined };
    this.offers.push(offer);
    this.byText.set(offer.text, offer);
    return offer;
  }

  /** A device learnt of it later than from the answer to its first try. */
  acknowledge(messageId: string): void {
    this.acknowledged.add(messageId);
  }

  isAcknowledged({ isAcknowledged, messageId }: Offer): boolean {
    return isAcknowledged || (messageId !== undefined && this.acknowledged.has(messageId));
  }

  arrive(arrival: Arrival): void {
    this.arrivals.push(arrival);
  }

  offerOf(text: string): Offer | undefined {
    return this.byText.get(text);
  }

  /** How many lanes a journey has. */
  lanesOf(journey: Journey): number {
    return new Set(this.offers.filter(({ lane }) => lane.journey === journey).map(({ lane }) => lane.name)).size;
  }

  /** The first arrival, at or after `endMs`, of something offered at or after `startMs`, per lane of the journey that has one. */
  firstAfter(journey: Journey, { startMs, endMs }: { readonly startMs: number; readonly endMs: number }) {
    const first = new Map<string, number>();
    for (const { text, at, atMs } of this.arrivals) {
      const offer = this.byText.get(text);
      if (!offer || offer.lane.journey !== journey || offer.atMs < startMs || atMs < endMs) continue;
      if (at !== offer.lane.destination) continue;
      first.set(offer.lane.name, Math.min(atMs, first.get(offer.lane.name) ?? Infinity));
    }
    return first;
  }
}
