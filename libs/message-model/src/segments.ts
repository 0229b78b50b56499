import { septetsOf } from './gsm-alphabet.js';

/** One character outside the GSM alphabet makes the whole message UCS-2. */
export type SmsEncoding = 'gsm-7' | 'ucs-2';

/** What an SMS costs: the parts it is sent in, and the units (septets, or UTF-16 code units) of its text. */
export interface SegmentCount {
  readonly encoding: SmsEncoding;
  readonly segments: number;
  readonly units: number;
}

/**
 * Units that fit a message alone, and a part of several: those give 6 octets of 140 to the header with an 8-bit reference
 * (3GPP TS 23.040, section 9.2.3.24.1).
 */
const UNITS_PER_PART = {
  'gsm-7': { alone: 160, ofSeveral: 153 },
  'ucs-2': { alone: 70, ofSeveral: 67 },
} as const satisfies Record<SmsEncoding, { alone: number; ofSeveral: number }>;

/** A whole character in its encoding: an escape with what it escapes, or both halves of a surrogate pair. */
interface Character {
  readonly text: string;
  readonly units: number;
}

/** How many SMS parts a text takes; no character is ever cut in two. An empty text counts as one part. */
export function countSegments(text: string): SegmentCount {
  const { encoding, characters } = encodeCharacters(text);
  return { encoding, segments: partsOf(encoding, characters).length, units: totalUnits(characters) };
}

/** The parts themselves, in order; joined they are the text again. */
export function splitSegments(text: string): readonly string[] {
  const { encoding, characters } = encodeCharacters(text);
  return partsOf(encoding, characters);
}

function encodeCharacters(text: string): { encoding: SmsEncoding; characters: readonly Character[] } {
  const symbols = Array.from(text);
  const gsm: Character[] = [];
  for (const symbol of symbols) {
    const units = septetsOf(symbol);
    if (units === undefined) {
      return { encoding: 'ucs-2', characters: symbols.map((each) => ({ text: each, units: each.length })) };
    }
    gsm.push({ text: symbol, units });
  }
  return { encoding: 'gsm-7', characters: gsm };
}

const totalUnits = (characters: readonly Character[]): number =>
  characters.reduce((sum, character) => sum + character.units, 0);

function partsOf(encoding: SmsEncoding, characters: readonly Character[]): readonly string[] {
  const { alone, ofSeveral } = UNITS_PER_PART[encoding];
  if (totalUnits(characters) <= alone) return [characters.map((character) => character.text).join('')];
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const character of characters) {
    if (used + character.units > ofSeveral) {
      parts.push(part);
      part = '';
      used = 0;
    }
    part += character.text;
    used += character.units;
  }
  return [...parts, part];
}
