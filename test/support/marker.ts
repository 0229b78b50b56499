import { randomBytes, randomInt } from 'node:crypto';

/** Words or a number that occur nowhere else, so that every place where they are found is a place they came to. */
export interface Marker {
  readonly name: string;
  readonly text: string;
}

/** One way in which a marker can lie somewhere. */
export interface Needle {
  readonly marker: string;
  readonly encoding: string;
  readonly bytes: Buffer;
}

/** 22 letters and digits: no chance finding, and the same in every alphabet. */
export const wordsMarker = (name: string): Marker => ({ name, text: `mk${randomBytes(10).toString('hex')}` });

const AREA_CODES = ['201', '212', '305', '312', '404', '503', '617', '702', '808', '907'];
let phonesMade = randomInt(0, 1_000);

/**
 * A number of the range that is reserved for fiction, in E.164, no two alike. What is searched for is the number without its country,
 * which is in every way of writing it without separators.
 */
export function phoneMarker(name: string): Marker & { readonly e164: string } {
  phonesMade += 1;
  const area = AREA_CODES[phonesMade % AREA_CODES.length];
  const text = `${area}55501${String(Math.floor(phonesMade / AREA_CODES.length) % 100).padStart(2, '0')}`;
  return { name: `number of ${name}`, text, e164: `+1${text}` };
}

const SHIFTS = [0, 1, 2] as const;

/** The characters that do not depend on what stands before or after the text, when it begins `shift` bytes into a group of three. */
function base64At(text: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text, 'utf8')]);
  return bytes.toString('base64').slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

const urlSafe = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_');

const BITS = 8;
const SEPTET_BITS = 7;
/** Bits that a packed text can begin behind: after other letters, or after a header with its fill bits. */
const BIT_SHIFTS = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/**
 * Seven bits a letter, as a text message travels (3GPP TS 23.038), behind `shift` bits of something else. Letters and digits have the same
 * code there as in ASCII.
 */
function packed(text: string, shift: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil((shift + text.length * SEPTET_BITS) / BITS));
  for (const [place, code] of [...Buffer.from(text, 'latin1')].entries()) {
    const at = shift + place * SEPTET_BITS;
    const wide = code << (at % BITS);
    const first = Math.floor(at / BITS);
    bytes[first] = (bytes[first] ?? 0) | (wide & 0xff);
    if (wide > 0xff) bytes[first + 1] = wide >> BITS;
  }
  return bytes;
}

/** The bytes of it that hold nothing else. */
const packedInside = (text: string, shift: number): Buffer =>
  packed(text, shift).subarray(Math.ceil(shift / BITS), Math.floor((shift + text.length * SEPTET_BITS) / BITS));

const reversed = (text: string): string => Buffer.from(text, 'latin1').reverse().toString('latin1');

export function needlesOf({ name, text }: Marker): Needle[] {
  const utf16 = Buffer.from(text, 'utf16le');
  const written: readonly (readonly [string, Buffer])[] = [
    ['plain', Buffer.from(text, 'utf8')],
    ['hex', Buffer.from(Buffer.from(text).toString('hex'))],
    ['hex, capitals', Buffer.from(Buffer.from(text).toString('hex').toUpperCase())],
    ['UTF-16LE', utf16],
    ['UTF-16BE', Buffer.from(utf16).swap16()],
    ['reversed', Buffer.from(reversed(text))],
    ...BIT_SHIFTS.map((shift) => [`packed septets at ${shift}`, packedInside(text, shift)] as const),
    ...SHIFTS.map((shift) => [`base64 at ${shift}`, Buffer.from(base64At(text, shift))] as const),
    ...SHIFTS.map((shift) => [`base64url at ${shift}`, Buffer.from(urlSafe(base64At(text, shift)))] as const),
  ];
  return written.map(([encoding, bytes]) => ({ marker: name, encoding, bytes }));
}

/** The text as it would lie there, whole, once per encoding; for base64 with the bytes before it that shift it. */
export function writtenOut({ text }: Marker): { readonly encoding: string; readonly bytes: Buffer }[] {
  const plain = Buffer.from(text, 'utf8');
  const utf16 = Buffer.from(text, 'utf16le');
  const shifted = SHIFTS.map((shift) => Buffer.concat([Buffer.from('--'.slice(0, shift)), plain, Buffer.from('...')]));
  return [
    { encoding: 'plain', bytes: plain },
    { encoding: 'hex', bytes: Buffer.from(plain.toString('hex')) },
    { encoding: 'hex, capitals', bytes: Buffer.from(plain.toString('hex').toUpperCase()) },
    { encoding: 'UTF-16LE', bytes: utf16 },
    { encoding: 'UTF-16BE', bytes: Buffer.from(utf16).swap16() },
    { encoding: 'reversed', bytes: Buffer.from(reversed(text)) },
    ...BIT_SHIFTS.map((shift) => ({ encoding: `packed septets at ${shift}`, bytes: packed(`${text}..`, shift) })),
    ...shifted.map((bytes, shift) => ({
      encoding: `base64 at ${shift}`,
      bytes: Buffer.from(bytes.toString('base64')),
    })),
    ...shifted.map((bytes, shift) => ({
      encoding: `base64url at ${shift}`,
      bytes: Buffer.from(bytes.toString('base64url')),
    })),
  ];
}
