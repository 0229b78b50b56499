import { QUOTE_EXTENSION, type MimiContent } from './content.js';

/** A quotation says which message is meant; a person with the conversation before them needs no more. Code points. */
const MOST_CHARACTERS = 40;
const CUT = '...';

/** Words on one line, cut short. Cutting twice changes nothing. */
export function shortQuote(text: string): string {
  const characters = Array.from(text.replaceAll(/\s+/gu, ' ').trim());
  if (characters.length <= MOST_CHARACTERS) return characters.join('');
  return `${characters.slice(0, MOST_CHARACTERS - CUT.length).join('')}${CUT}`;
}

/** The words that a message says it is about; `undefined` when it says none. */
export function quoteOf({ extensions }: Pick<MimiContent, 'extensions'>): string | undefined {
  const quote = extensions.get(QUOTE_EXTENSION);
  return typeof quote === 'string' && quote.trim() !== '' ? shortQuote(quote) : undefined;
}
