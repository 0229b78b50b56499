import type { LaneId, TransitId } from '@causeway/message-model';

/** Lanes remembered per socket; of a forgotten one the next box is read from the inbox once. */
const MAX_LANES = 256;

/** A box and the place of its message in its lane. */
export interface Place {
  readonly id: TransitId;
  readonly lane: LaneId;
  readonly position: bigint;
}

/**
 * How far each lane has been handed out on one socket. Boxes reach a gateway from several sides and not always in order: only the one that
 * follows what was handed out last may go straight to the socket, everything else goes through the inbox, which knows the order.
 */
export class LanePlaces {
  private readonly last = new Map<LaneId, bigint>();
  private readonly expected = new Map<TransitId, Place>();

  /** `next`: hand it out. `past`: it was. `unknown`: its turn cannot be known, the inbox must be read. */
  judge(place: Place): 'next' | 'past' | 'unknown' {
    const last = this.last.get(place.lane) ?? -1n;
    if (place.position <= last) return 'past';
    if (place.position === last + 1n) return 'next';
    return 'unknown';
  }

  /** The box waits in the inbox. */
  expect(place: Place): void {
    this.expected.set(place.id, place);
  }

  /** The box went to the socket, straight or from the inbox. */
  handedOut(id: TransitId, known?: Place): void {
    const place = known ?? this.expected.get(id);
    this.expected.delete(id);
    if (!place || place.position <= (this.last.get(place.lane) ?? -1n)) return;
    this.last.delete(place.lane);
    this.last.set(place.lane, place.position);
    if (this.last.size > MAX_LANES) for (const oldest of this.last.keys()) return void this.last.delete(oldest);
  }

  /** The inbox was read to its end: what was not there was handed out earlier. */
  inboxIsEmpty(): void {
    this.expected.clear();
  }
}
