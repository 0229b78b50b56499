import { type Bytes, toBytes } from './bytes.js';
import { CONTENT_LIMITS, PART_SEMANTICS, type ExternalPart, type MultiPart, type NestedPart } from './content.js';
import { isUnicode } from './extensions-codec.js';
import { demand, malformed } from './malformed-content.js';

const POINTER = '/part';
const CARDINALITY = { null: 0, single: 1, external: 2, multi: 3 } as const;
const ARRAY_LENGTH = { null: 3, single: 5, external: 15, multi: 5 } as const;

/** The positional array of a part; it is checked by reading it back, so both directions know one set of rules. */
export function partToArray(part: NestedPart): readonly unknown[] {
  const header = [part.disposition, part.language, CARDINALITY[part.kind]];
  switch (part.kind) {
    case 'null':
      return header;
    case 'single':
      return [...header, part.contentType, toBytes(part.content)];
    case 'external':
      return [...header, ...externalToArray(part)];
    case 'multi':
      return [...header, PART_SEMANTICS.indexOf(part.semantics), part.parts.map(partToArray)];
  }
}

const externalToArray = (part: ExternalPart): readonly unknown[] => [
  part.contentType,
  part.url,
  part.expires,
  part.sizeBytes,
  part.encAlg,
  toBytes(part.key),
  toBytes(part.nonce),
  toBytes(part.aad),
  part.hashAlg,
  toBytes(part.contentHash),
  part.description,
  part.filename,
];

/** The part behind the positional array, held to every limit of the draft. Throws `CausewayError('malformed-content')`. */
export function partFromArray(value: unknown): NestedPart {
  return readPart(value, 1, { parts: 0 });
}

/** `seen` runs over the whole tree: the limit is on the message, not on one level of it. */
function readPart(value: unknown, level: number, seen: { parts: number }): NestedPart {
  demand(level <= CONTENT_LIMITS.partLevels, 'parts are nested deeper than 4 levels', POINTER);
  seen.parts += 1;
  demand(seen.parts <= CONTENT_LIMITS.parts, 'there are more than 1024 parts', POINTER);
  demand(Array.isArray(value), 'a part is not an array', POINTER);
  const fields: readonly unknown[] = value;
  const disposition = uint(fields[0], 0xff);
  const language = text(fields[1]);
  switch (fields[2]) {
    case CARDINALITY.null:
      demandLength(fields, ARRAY_LENGTH.null);
      return { kind: 'null', disposition, language };
    case CARDINALITY.single:
      demandLength(fields, ARRAY_LENGTH.single);
      return { kind: 'single', disposition, language, contentType: text(fields[3]), content: bytes(fields[4]) };
    case CARDINALITY.external:
      demandLength(fields, ARRAY_LENGTH.external);
      return { kind: 'external', disposition, language, ...readExternal(fields) };
    case CARDINALITY.multi:
      demandLength(fields, ARRAY_LENGTH.multi);
      return { kind: 'multi', disposition, language, ...readMulti(fields, level, seen) };
    default:
      throw malformed('a part has an unknown cardinality', POINTER);
  }
}

function readExternal(fields: readonly unknown[]): Omit<ExternalPart, 'kind' | 'disposition' | 'language'> {
  const part = {
    contentType: text(fields[3]),
    url: text(fields[4]),
    expires: uint(fields[5], 0xffff_ffff),
    sizeBytes: uint(fields[6], Number.MAX_SAFE_INTEGER),
    encAlg: uint(fields[7], 0xffff),
    key: bytes(fields[8]),
    nonce: bytes(fields[9]),
    aad: bytes(fields[10]),
    hashAlg: uint(fields[11], 0xff),
    contentHash: bytes(fields[12]),
    description: text(fields[13]),
    filename: text(fields[14]),
  };
  const secretBytes = part.key.length + part.nonce.length + part.aad.length;
  demand(
    part.encAlg !== 0 || secretBytes === 0,
    'an external part that is not encrypted has no key, nonce or aad',
    POINTER,
  );
  return part;
}

function readMulti(
  fields: readonly unknown[],
  level: number,
  seen: { parts: number },
): Pick<MultiPart, 'semantics' | 'parts'> {
  const semantics = typeof fields[3] === 'number' ? PART_SEMANTICS[fields[3]] : undefined;
  demand(semantics !== undefined, 'a multipart has unknown part semantics', POINTER);
  const items = fields[4];
  demand(Array.isArray(items) && items.length >= 2, 'a multipart has two parts or more', POINTER);
  return { semantics, parts: items.map((item) => readPart(item, level + 1, seen)) };
}

function demandLength(fields: readonly unknown[], length: number): void {
  demand(fields.length === length, 'a part has too many or too few fields', POINTER);
}

function uint(value: unknown, max: number): number {
  const isUint = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);
  demand(isUint && value <= max, 'a number of a part is out of its range', POINTER);
  return value;
}

function text(value: unknown): string {
  demand(typeof value === 'string' && isUnicode(value), 'a text of a part is not Unicode text', POINTER);
  return value;
}

function bytes(value: unknown): Bytes {
  demand(value instanceof Uint8Array, 'a binary field of a part is not bytes', POINTER);
  return toBytes(value);
}
