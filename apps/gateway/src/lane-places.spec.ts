import { describe, expect, it } from '@jest/globals';
import { mintLaneId, mintTransitId, type LaneId } from '@causeway/message-model';
import { LanePlaces } from './lane-places.js';

const lane = mintLaneId();
const at = (position: bigint, of: LaneId = lane) => ({ id: mintTransitId('i', 0), lane: of, position });

describe('LanePlaces', () => {
  it('lets the first of a lane and each that follows go straight', () => {
    const places = new LanePlaces();
    for (const place of [at(0n), at(1n), at(2n)]) {
      expect(places.judge(place)).toBe('next');
      places.handedOut(place.id, place);
    }
  });

  it('sends what is out of turn, or of a lane it does not know, through the inbox', () => {
    const places = new LanePlaces();
    const [first, second, third] = [at(7n), at(8n), at(9n)];
    expect(places.judge(first)).toBe('unknown');
    places.expect(first);
    expect(places.judge(second)).toBe('unknown');
    places.handedOut(first.id);
    expect(places.judge(third)).toBe('unknown');
    expect(places.judge(second)).toBe('next');
  });

  it('hands nothing out twice that the inbox handed out already', () => {
    const places = new LanePlaces();
    const [first, second] = [at(3n), at(4n)];
    places.expect(first);
    places.expect(second);
    places.handedOut(first.id);
    places.handedOut(second.id);
    expect([places.judge(first), places.judge(second), places.judge(at(5n))]).toEqual(['past', 'past', 'next']);
  });

  it('remembers a bounded number of lanes', () => {
    const places = new LanePlaces();
    const lanes = Array.from({ length: 257 }, () => mintLaneId());
    for (const one of lanes) places.handedOut(at(0n, one).id, at(0n, one));
    const verdicts = lanes.map((one) => places.judge(at(1n, one)));
    expect(verdicts.filter((verdict) => verdict === 'unknown')).toHaveLength(1);
    expect(verdicts[0]).toBe('unknown');
  });
});
