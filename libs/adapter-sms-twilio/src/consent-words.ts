import type { ConsentWord, HelpWord } from '@causeway/network-adapter';

/**
 * Twilio's default words: the whole message, one word, any case; REVOKE and OPTOUT since 2025 (47 CFR 64.1200(a)(10)).
 * An opt-in where nobody opted out changes nothing, so YES may stand here although people answer it to other questions:
 * left out, Twilio's record and ours would part.
 */
const OPT_OUT = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']);
const OPT_IN = new Set(['START', 'YES', 'UNSTOP']);
const HELP = new Set(['HELP', 'INFO']);

/** What a word asks for. */
export type Asked = Pick<ConsentWord, 'kind' | 'scope'> | Pick<HelpWord, 'kind'>;

/** `undefined` when the text is an ordinary message. `optOutType` is Twilio's own reading, sent with Advanced Opt-Out. */
export function readConsentWord(text: string, optOutType: string | undefined): Asked | undefined {
  const word = text.trim().toUpperCase();
  if (OPT_OUT.has(word) || optOutType === 'STOP')
    return { kind: 'opt-out', scope: word === 'STOPALL' ? 'all' : 'pair' };
  if (OPT_IN.has(word) || optOutType === 'START') return { kind: 'opt-in', scope: 'pair' };
  if (HELP.has(word) || optOutType === 'HELP') return { kind: 'help' };
  return undefined;
}
