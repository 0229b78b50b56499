import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { toBytes, type Bytes } from './bytes.js';
import { CausewayError } from './causeway-error.js';
import { decodeContent, encodeContent } from './content-codec.js';
import { messageIdToBytes } from './ids.js';
import { messageIdOf } from './message-id.js';
import { countSegments } from './segments.js';
import { decodeStatusReport, encodeStatusReport } from './status-report.js';

/** Test data of the draft and of Twilio's segment calculator, beside the project and not part of it. */
const FOLDER = resolve(process.cwd(), '../shared/vectors');
const isPresent = existsSync(FOLDER);
// written past console.log, which Jest would decorate with a stack
if (!isPresent) process.stderr.write(`skipped the published vectors: there is no folder ${FOLDER}\n`);

/** 2026-03-02, the day of draft -08; the examples expire never. */
const NOW_MS = 1_772_409_600_000;

interface ContentVector {
  readonly name: string;
  readonly cborHex: string;
  readonly saltHex: string;
  readonly senderUri: string;
  readonly roomUri: string;
  readonly messageId: string;
  readonly replaces: string | null;
  readonly inReplyTo: string | null;
  readonly topicIdHex: string;
  readonly disposition: number;
  readonly language: string;
  readonly cardinality: number;
}

interface SegmentVector {
  readonly body: string;
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly segments: number;
  /** Bits of the text, headers not counted. */
  readonly messageSize?: number;
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(resolve(FOLDER, path), 'utf8')) as T;
const readCbor = (name: string): Bytes => toBytes(readFileSync(resolve(FOLDER, 'mimi', name)));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const KINDS = ['null', 'single', 'external', 'multi'];

(isPresent ? describe : describe.skip)('the published vectors', () => {
  it('of MIMI content are read and written again byte for byte, every file', () => {
    const names = readdirSync(resolve(FOLDER, 'mimi')).filter((name) => name.endsWith('.cbor'));
    expect(names.length).toBeGreaterThanOrEqual(8);
    for (const name of names) {
      const bytes = readCbor(name);
      const again =
        name === 'status.cbor'
          ? encodeStatusReport(decodeStatusReport(bytes))
          : encodeContent(decodeContent(bytes, NOW_MS));
      expect([name, hex(again)]).toEqual([name, hex(bytes)]);
    }
  });

  it('of MIMI content mean what is published beside them, message ids included', () => {
    const { vectors } = readJson<{ vectors: readonly ContentVector[] }>('mimi/vectors.json');
    expect(vectors.length).toBeGreaterThanOrEqual(7);
    for (const vector of vectors) {
      const bytes = toBytes(Buffer.from(vector.cborHex, 'hex'));
      const content = decodeContent(bytes, NOW_MS);
      const { senderUri, roomUri } = vector;
      expect(hex(messageIdToBytes(messageIdOf({ content: bytes, senderUri, roomUri })))).toBe(vector.messageId);
      expect({
        saltHex: hex(content.salt),
        replaces: content.replaces && hex(messageIdToBytes(content.replaces)),
        inReplyTo: content.inReplyTo && hex(messageIdToBytes(content.inReplyTo)),
        topicIdHex: hex(content.topicId),
        senderUri: content.extensions.get(1),
        roomUri: content.extensions.get(2),
        disposition: content.part.disposition,
        language: content.part.language,
        cardinality: KINDS.indexOf(content.part.kind),
        expires: content.expires,
      }).toEqual({
        saltHex: vector.saltHex,
        replaces: vector.replaces,
        inReplyTo: vector.inReplyTo,
        topicIdHex: vector.topicIdHex,
        senderUri,
        roomUri,
        disposition: vector.disposition,
        language: vector.language,
        cardinality: vector.cardinality,
        expires: null,
      });
    }
  });

  it('of encodings that are not deterministic are refused, every one', () => {
    const { cases } = readJson<{ cases: Readonly<Record<string, string>> }>('mimi/negative-encodings.json');
    expect(Object.keys(cases).length).toBeGreaterThanOrEqual(6);
    for (const encoded of Object.values(cases)) {
      expect(() => decodeContent(Buffer.from(encoded, 'hex'), NOW_MS)).toThrow(CausewayError);
    }
  });

  it('of a status report say what became of each message', () => {
    const statuses = decodeStatusReport(readCbor('status.cbor')).map(({ status }) => status);
    expect(statuses).toEqual(['read', 'read', 'unread', 'expired']);
  });

  it('of SMS segmentation give the same encoding, parts and size', () => {
    const vectors = readJson<readonly SegmentVector[]>('gsm/segmentation-vectors.json');
    expect(vectors.length).toBeGreaterThanOrEqual(35);
    for (const { body, encoding, segments, messageSize } of vectors) {
      const counted = countSegments(body);
      expect([body, counted.encoding, counted.segments]).toEqual([body, encoding.toLowerCase(), segments]);
      const bits = counted.units * (counted.encoding === 'gsm-7' ? 7 : 16);
      if (messageSize !== undefined) expect([body, bits]).toEqual([body, messageSize]);
    }
  });

  it('of the GSM alphabet cover every code point of the basic plane and nothing more', () => {
    const table = readJson<Readonly<Record<string, readonly number[]>>>('gsm/unicode-to-gsm.json');
    for (let codePoint = 0; codePoint <= 0xffff; codePoint += 1) {
      const { encoding, units } = countSegments(String.fromCharCode(codePoint));
      const septets = table[String(codePoint)]?.length;
      expect([codePoint, encoding === 'gsm-7' ? units : undefined]).toEqual([codePoint, septets]);
    }
  });
});
