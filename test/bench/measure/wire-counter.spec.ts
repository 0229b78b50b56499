import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RoundTripReader } from './wire-counter.js';

const typed = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const startup = (): Buffer => {
  const words = Buffer.from('\0\u0003\0\0user\0somebody\0\0', 'latin1');
  const head = Buffer.alloc(4);
  head.writeUInt32BE(words.length + 4);
  return Buffer.concat([head, words]);
};

describe('counting round trips on the wire', () => {
  it('counts a simple query and a Sync once each, and nothing for what is sent along with them', () => {
    const reader = new RoundTripReader();
    reader.read(startup());
    reader.read(typed('p', Buffer.from('password')));
    expect(reader.trips).toBe(0);
    reader.read(typed('Q', Buffer.from('SELECT 1\0')));
    expect(reader.trips).toBe(1);
    reader.read(Buffer.concat(['P', 'B', 'D', 'E', 'S'].map((type) => typed(type, Buffer.from('SSQQ')))));
    expect(reader.trips).toBe(2);
  });

  it('counts the same however the stream is cut', () => {
    const stream = Buffer.concat([
      startup(),
      ...['Q', 'P', 'B', 'E', 'S', 'P', 'S', 'X'].map((type) => typed(type, Buffer.from('SQSQ'))),
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: stream.length })), (cuts) => {
        const reader = new RoundTripReader();
        const at = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        for (const [index, from] of at.entries()) reader.read(stream.subarray(from, at[index + 1] ?? stream.length));
        expect(reader.trips).toBe(3);
      }),
    );
  });
});
