import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_SETTINGS, CONVERSATION_SETTINGS, discloses, type PrivacySwitches } from './privacy-switches.js';

const switches = (
  account: PrivacySwitches['account']['typing'],
  conversation: PrivacySwitches['conversation']['typing'],
): PrivacySwitches => ({
  account: { typing: account, readReports: 'off' },
  conversation: { typing: conversation, readReports: 'default' },
});

describe('a privacy switch', () => {
  it.each([
    ['off', false, false],
    ['sealed', true, false],
    ['everywhere', true, true],
  ] as const)('of the account at %s tells it in sealed conversations: %s, in clear ones: %s', (set, sealed, clear) => {
    expect(discloses(switches(set, 'default'), 'typing', 'sealed')).toBe(sealed);
    expect(discloses(switches(set, 'default'), 'typing', 'clear')).toBe(clear);
  });

  it.each(ACCOUNT_SETTINGS)('of a conversation stands above an account at %s', (set) => {
    for (const confidentiality of ['sealed', 'clear'] as const) {
      expect(discloses(switches(set, 'off'), 'typing', confidentiality)).toBe(false);
      expect(discloses(switches(set, 'on'), 'typing', confidentiality)).toBe(true);
    }
  });

  it('is about one thing only', () => {
    for (const conversation of CONVERSATION_SETTINGS)
      expect(discloses(switches('everywhere', conversation), 'readReports', 'sealed')).toBe(false);
  });
});
