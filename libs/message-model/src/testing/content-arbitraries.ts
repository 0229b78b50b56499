import fc from 'fast-check';
import { CborTag, toBytes, type Bytes } from '../bytes.js';
import { CONTENT_LIMITS, PART_SEMANTICS, type MimiContent, type NestedPart } from '../content.js';
import { messageIdFromBytes, type MessageId } from '../ids.js';

/** The instant the arbitraries agree on as now, milliseconds since the epoch. */
export const ARBITRARY_NOW_MS = 1_800_000_000_000;

export const anyBytes = (constraints: fc.IntArrayConstraints = {}): fc.Arbitrary<Bytes> =>
  fc.uint8Array(constraints).map(toBytes);

const anyText = fc.string({ unit: 'binary', maxLength: 40 });

export const anyMessageId: fc.Arbitrary<MessageId> = anyBytes({ minLength: 31, maxLength: 31 }).map((digest) => {
  const id = messageIdFromBytes(Uint8Array.of(1, ...digest));
  if (id === undefined) throw new Error('32 bytes that begin with 1 are a message id');
  return id;
});

const anyExpiration = fc.oneof(
  fc.record({ relative: fc.constant(true), timeSeconds: fc.nat(CONTENT_LIMITS.expirySeconds) }),
  fc.record({
    relative: fc.constant(false),
    timeSeconds: fc
      .integer({ min: -CONTENT_LIMITS.expirySeconds, max: CONTENT_LIMITS.expirySeconds })
      .map((offset) => ARBITRARY_NOW_MS / 1000 + offset),
  }),
);

const anyScalar: fc.Arbitrary<unknown> = fc.oneof(
  fc.maxSafeInteger(),
  anyText,
  anyBytes({ maxLength: 20 }),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(0.5, -1.25, 1e-7, NaN, Infinity, -0),
);

/** Values as deep as an extension may be. */
const anyExtensionValue = (levels: number): fc.Arbitrary<unknown> => {
  if (levels === 0) return anyScalar;
  const inner = anyExtensionValue(levels - 1);
  return fc.oneof(
    anyScalar,
    fc.array(inner, { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.oneof(fc.maxSafeInteger(), anyText), inner), { maxLength: 3 })
      .map((entries) => new Map(entries)),
    fc.tuple(fc.integer({ min: 6, max: 30_000 }), inner).map(([tag, value]) => new CborTag(tag, value)),
  );
};

const anyExtensionKey = fc.oneof(
  fc.maxSafeInteger().filter((key) => key < 0 || key > 2),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
);

const anyExtensions = fc
  .tuple(
    fc.array(fc.tuple(anyExtensionKey, anyExtensionValue(CONTENT_LIMITS.extensionLevels)), { maxLength: 4 }),
    fc.option(anyText),
    fc.option(anyText),
  )
  .map(([entries, sender, room]) => {
    const extensions = new Map<number | string, unknown>(entries);
    if (sender !== null) extensions.set(1, sender);
    if (room !== null) extensions.set(2, room);
    return extensions;
  });

const header = { disposition: fc.nat(255), language: anyText };

const anyLeaf: fc.Arbitrary<NestedPart> = fc.oneof(
  fc.record({ kind: fc.constant('null' as const), ...header }),
  fc.record({ kind: fc.constant('single' as const), ...header, contentType: anyText, content: anyBytes() }),
  fc.record({
    kind: fc.constant('external' as const),
    ...header,
    contentType: anyText,
    url: fc.webUrl(),
    expires: fc.nat(0xffff_ffff),
    sizeBytes: fc.nat(Number.MAX_SAFE_INTEGER),
    encAlg: fc.integer({ min: 1, max: 0xffff }),
    key: anyBytes({ maxLength: 32 }),
    nonce: anyBytes({ maxLength: 12 }),
    aad: anyBytes({ maxLength: 12 }),
    hashAlg: fc.nat(255),
    contentHash: anyBytes({ maxLength: 32 }),
    description: anyText,
    filename: anyText,
  }),
);

const anyPartOf = (levels: number): fc.Arbitrary<NestedPart> =>
  levels === 1
    ? anyLeaf
    : fc.oneof(
        { weight: 2, arbitrary: anyLeaf },
        {
          weight: 1,
          arbitrary: fc.record({
            kind: fc.constant('multi' as const),
            ...header,
            semantics: fc.constantFrom(...PART_SEMANTICS),
            parts: fc.array(anyPartOf(levels - 1), { minLength: 2, maxLength: 4 }),
          }),
        },
      );

/** Content within every limit of the draft, read at `ARBITRARY_NOW_MS`. */
export const anyContent: fc.Arbitrary<MimiContent> = fc.record({
  salt: anyBytes({ minLength: 16, maxLength: 16 }),
  replaces: fc.option(anyMessageId),
  topicId: anyBytes({ maxLength: 64 }),
  expires: fc.option(anyExpiration),
  inReplyTo: fc.option(anyMessageId),
  extensions: anyExtensions,
  part: anyPartOf(CONTENT_LIMITS.partLevels),
});
