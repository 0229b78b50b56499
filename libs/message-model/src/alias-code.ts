import { randomInt } from 'node:crypto';

/** Crockford's base 32 without the letters that are mistaken for digits or for each other. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const PART = 5;

/** Two parts of five letters: 50 bits, which nobody guesses by sending texts, and few enough to copy from a notice. */
const FIRST_WORD = /^\s*([0-9a-z]{5})-([0-9a-z]{5})(?=[\s.,:;!?]|$)[.,:;!?]?\s*/i;

/** A new code of an alias, for example `k7pqm-2mxd4`. */
export const mintAliasCode = (): string => `${part()}-${part()}`;

const part = (): string => Array.from({ length: PART }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** What somebody typed from a notice, in the spelling that it was made in; `undefined` when it cannot be a code. */
function spelled(typed: string): string | undefined {
  const code = typed.toLowerCase().replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return code.split('').every((letter) => letter === '-' || LETTERS.includes(letter)) ? code : undefined;
}

/** A text that begins with the code of an alias, and what is said after it. Whether there is such an alias is another question. */
export function readAliasCode(text: string): { readonly code: string; readonly rest: string } | undefined {
  const match = FIRST_WORD.exec(text);
  const code = match ? spelled(`${match[1]}-${match[2]}`) : undefined;
  return match && code !== undefined ? { code, rest: text.slice(match[0].length) } : undefined;
}
