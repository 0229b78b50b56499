import { TwilioSmsAdapter } from '@causeway/adapter-sms-twilio';
import type { ClearAdapter } from '@causeway/network-adapter';
import { StartupProblem, type Clock, type Config } from '@causeway/platform';

/** The clear networks of this edge, by name. Adapters meet the message flow here and nowhere else. */
export function openAdapters(config: Config, clock: Clock): ReadonlyMap<string, ClearAdapter> {
  if (config.smsProvider === 'none') return new Map();
  const { twilioAccountSid: accountSid, twilioAuthToken: authToken, bridgeNumbers } = config;
  if (accountSid === '' || !authToken || bridgeNumbers.length === 0) {
    throw new StartupProblem(
      'SMS through Twilio needs an account, its token and at least one number.',
      'Set CAUSEWAY_TWILIO_ACCOUNT_SID, CAUSEWAY_TWILIO_AUTH_TOKEN and CAUSEWAY_BRIDGE_NUMBERS.',
    );
  }
  const isSimulated = config.twilioApiUrl !== '';
  const sms = new TwilioSmsAdapter({
    accountSid,
    authToken,
    ...(isSimulated ? { apiUrl: config.twilioApiUrl } : {}),
    publicWebhookUrl: config.edgePublicUrl,
    bridgeNumbers,
    clock,
    isSimulated,
  });
  return new Map([[sms.network, sms]]);
}
