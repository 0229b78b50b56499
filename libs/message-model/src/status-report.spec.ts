import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { textContent } from './build-content.js';
import { encodeCbor } from './bytes.js';
import { CausewayError } from './causeway-error.js';
import { messageIdToBytes, type MessageId } from './ids.js';
import { decodeStatusReport, encodeStatusReport, statusReportOf } from './status-report.js';
import { anyMessageId } from './testing/index.js';

const anyReport = fc.array(
  fc.record({
    messageId: anyMessageId,
    status: fc.oneof(
      fc.constantFrom('unread', 'delivered', 'read', 'expired', 'deleted', 'hidden', 'error'),
      fc.integer({ min: 7, max: 255 }).map((unknown) => ({ unknown })),
    ),
  }),
);

const someId = (): MessageId => {
  const [id] = fc.sample(anyMessageId, 1);
  if (id === undefined) throw new Error('no sample');
  return id;
};

describe('a status report', () => {
  it('reads back as it was written, byte for byte and in order', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const bytes = encodeStatusReport(report);
        expect(decodeStatusReport(bytes)).toEqual(report);
      }),
    );
  });

  it('refuses arbitrary bytes with the one error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        fc.pre(bytes[0] !== 0x80);
        expect(() => decodeStatusReport(bytes)).toThrow(CausewayError);
      }),
    );
  });

  it('refuses a status beyond one byte, an id of another size and an entry of another shape', () => {
    const idBytes = messageIdToBytes(someId());
    for (const bad of [
      [[idBytes, 256]],
      [[idBytes, -1]],
      [[idBytes, 'read']],
      [[idBytes.subarray(1), 1]],
      [[idBytes]],
      [idBytes],
      'read',
    ]) {
      expect(() => decodeStatusReport(encodeCbor(bad))).toThrow(CausewayError);
    }
  });

  it('does not write a known status as an unknown number', () => {
    expect(() => encodeStatusReport([{ messageId: someId(), status: { unknown: 2 } }])).toThrow(CausewayError);
  });

  it('is not found in a message of words', () => {
    expect(
      statusReportOf(textContent({ text: 'hi', senderUri: 'mimi://a/u/a', roomUri: 'mimi://a/r/1' })),
    ).toBeUndefined();
  });
});
