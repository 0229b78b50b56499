import type { Confidentiality } from './hop-receipt.js';

/** What a person's phone or program does of itself, and what the other end learns from it. */
export const DISCLOSURES = ['typing', 'readReports'] as const;
/** One of them. */
export type Disclosure = (typeof DISCLOSURES)[number];

/** For the whole account. `sealed`: only where nobody but the two ends learns of it; `everywhere`: carriers may as well. */
export const ACCOUNT_SETTINGS = ['off', 'sealed', 'everywhere'] as const;
export type AccountSetting = (typeof ACCOUNT_SETTINGS)[number];

/** For one conversation, whatever its network; `default` leaves it to the account. */
export const CONVERSATION_SETTINGS = ['default', 'off', 'on'] as const;
export type ConversationSetting = (typeof CONVERSATION_SETTINGS)[number];

/** What one person decided, as it stands for one conversation. */
export interface PrivacySwitches {
  readonly account: Readonly<Record<Disclosure, AccountSetting>>;
  readonly conversation: Readonly<Record<Disclosure, ConversationSetting>>;
}

/** What holds for who decided nothing: the other end of an encrypted conversation learns of it, a carrier does not. */
export const DEFAULT_SWITCHES: PrivacySwitches = {
  account: { typing: 'sealed', readReports: 'sealed' },
  conversation: { typing: 'default', readReports: 'default' },
};

/**
 * Whether it may be told, and may be shown: a switch works in both directions, so that nobody learns what they do not tell. Both ends must
 * allow it; each looks after its own switch.
 */
export function discloses(
  { account, conversation }: PrivacySwitches,
  disclosure: Disclosure,
  confidentiality: Confidentiality,
): boolean {
  if (conversation[disclosure] !== 'default') return conversation[disclosure] === 'on';
  return account[disclosure] === 'everywhere' || (account[disclosure] === 'sealed' && confidentiality === 'sealed');
}
