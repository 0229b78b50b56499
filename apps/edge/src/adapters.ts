import { isTwilioApi, TwilioSmsAdapter, twilioRegion } from '@causeway/adapter-sms-twilio';
import type { ClearAdapter } from '@causeway/network-adapter';
import { StartupProblem, type Clock, type Config, type Events } from '@causeway/platform';

/** The clear networks of this edge, by name. Adapters meet the message flow here and nowhere else. */
export function openAdapters(config: Config, clock: Clock, events: Events): ReadonlyMap<string, ClearAdapter> {
  if (config.smsProvider === 'none') return new Map();
  const { twilioAccountSid: accountSid, twilioAuthToken: authToken, bridgeNumbers } = config;
  if (accountSid === '' || !authToken || bridgeNumbers.length === 0) {
    throw new StartupProblem(
      'SMS through Twilio needs an account, its token and at least one number.',
      'Set CAUSEWAY_TWILIO_ACCOUNT_SID, CAUSEWAY_TWILIO_AUTH_TOKEN and CAUSEWAY_BRIDGE_NUMBERS.',
    );
  }
  const { twilioApiUrl: apiUrl, smsHelpAnswer, smsSegmentsPerSecond: segments } = config;
  const isSimulated = apiUrl !== '' && !isTwilioApi(apiUrl);
  const sms = new TwilioSmsAdapter({
    accountSid,
    authToken,
    ...(apiUrl === '' ? {} : { apiUrl }),
    ...(isSimulated ? {} : { regions: [twilioRegion(apiUrl)] }),
    publicWebhookUrl: config.edgePublicUrl,
    bridgeNumbers,
    clock,
    isSimulated,
    ...(segments > 0 || isSimulated ? { segmentsPerSecond: () => segments || Number.POSITIVE_INFINITY } : {}),
    ...(smsHelpAnswer === '' ? {} : { helpAnswer: smsHelpAnswer }),
    onUnknownCode: (code) => events.unknownVendorCode({ network: 'sms', code }),
  });
  return new Map([[sms.network, sms]]);
}
